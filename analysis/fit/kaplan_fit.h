// Kaplan's three laws of one variable, each from the runs that this variable
// limits most, by least squares in logarithms, without an irreducible term and
// with one; and the joint law of size and data, likewise.
//
// Source: Kaplan et al. 2020, section 3 (arXiv:2001.08361).

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/kaplan_joint_fit.h"
#include "analysis/laws/chinchilla.h"
#include "analysis/observe/budgets.h"
#include "analysis/observe/observation.h"
#include "analysis/solve/estimate.h"

namespace isoflop {

/// A run counts as limited by size when its data term B/D^beta, by Approach 3,
/// is at most this share of its size term A/N^alpha; and the other way round.
/// (Where compute is spent best the terms are about equal.)
inline constexpr double kMinorTermShare = 0.5;

/// L = E + (scale / x)^exponent, of the same runs as the curve without E.
struct KaplanOffsetCurve {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  Estimate E;         // irreducible loss, nats per token; 0: none is seen
  Estimate scale;     // as in KaplanCurve, of the reducible loss
  Estimate exponent;  // larger than without E
  double rms_log_residual = 0.0;
  Certificate certificate;  // not of resamples
  int failed_resamples = 0;
};

/// One of L(N), L(D), L(C): L = (scale / x)^exponent.
struct KaplanCurve {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::string selection;          // which runs were used, in words
  std::vector<std::size_t> runs;  // indices into the observations
  Estimate scale;                 // N_c, D_c (tokens) or C_c (FLOPs)
  Estimate exponent;              // alpha_N, alpha_D or alpha_C
  double rms_log_residual = 0.0;
  int failed_resamples = 0;
  KaplanOffsetCurve with_offset;
};

struct KaplanFit {
  KaplanCurve L_N;
  KaplanCurve L_D;
  KaplanCurve L_C;
  KaplanJointFit joint;
  KaplanJointFit joint_with_offset;

  /// Whether any of the five could be fitted.
  bool supported() const;
};

/// Fits the three curves and the joint laws, without spreads.
///
///   L(N)  of each size the run with most tokens, if size limits it
///   L(D)  of each number of tokens the largest model, if data limit it
///   L(C)  the lower envelope (LowerEnvelope), edges of the sizes included
///   joint all runs, with E and without
///
/// `surface` is the law of Approach 3; without it L(N) and L(D) are
/// unsupported. A curve needs three different values of its variable over a
/// factor of four, a loss that falls, and a scale that is a number, that of C
/// also runs of more than one N and more than one D; with E it needs four
/// values. Without E it is a straight line between logarithms, a
/// linear problem that needs no certificate.
KaplanFit FitKaplan(std::span<const Observation> observations,
                    const std::optional<Chinchilla>& surface);

/// The runs as the curves look at them, whichever are drawn.
struct KaplanRuns {
  std::vector<Budget> ladder;
  std::vector<std::vector<std::size_t>> of_size;  // of each N, ascending
  std::vector<std::vector<std::size_t>> of_data;  // of each D, ascending
};

KaplanRuns KaplanRunsOf(std::span<const Observation> observations);

/// Fits the three curves alone, with `counts` as for FitIsoflop.
/// REQUIRES: `runs` are KaplanRunsOf(observations).
KaplanFit FitKaplanCurves(std::span<const Observation> observations,
                          const KaplanRuns& runs,
                          const std::optional<Chinchilla>& surface,
                          std::span<const double> counts = {});

}  // namespace isoflop
