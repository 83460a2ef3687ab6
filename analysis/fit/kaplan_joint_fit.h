// Kaplan's joint law of size and data, fitted to every run at once:
//
//   L(N, D) = E + [(N_c / N)^(alpha_N / alpha_D) + D_c / D]^alpha_D
//
// by least squares of ln L: with E = 0, as published, or with E >= 0.
//
// Source: Kaplan et al. 2020, eq. (1.5) and section 4 (arXiv:2001.08361).

#pragma once

#include <optional>
#include <span>
#include <string>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/estimate.h"
#include "analysis/fit/observation.h"
#include "analysis/laws/kaplan.h"

namespace isoflop {

/// Whether E is 0 or fitted.
enum class JointOffset { kNone, kFitted };

/// When `status` is not kOk, only `reason` counts.
struct KaplanJointFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::string selection;  // which runs were used, in words
  int points = 0;
  Estimate E;        // irreducible loss, nats per token; 0: none is seen
  Estimate N_c;      // parameters
  Estimate D_c;      // tokens
  Estimate alpha_N;  // > 0
  Estimate alpha_D;  // > 0
  double rms_log_residual = 0.0;

  /// As for Approach 3; the condition number is in (ln E, ln N_c, ln D_c,
  /// alpha_N, alpha_D). Of a resample only `starts` are told.
  Certificate certificate;
  int failed_resamples = 0;

  /// REQUIRES: status is kOk.
  KaplanJoint law() const;
};

/// Fits the joint law, without spreads. `counts` as for FitIsoflop. With a
/// `start` there is one descent, from there: what a resample takes.
///
/// Unsupported with fewer different (N, D) than one more than there are
/// coefficients, three different N or three different D; when the best law has
/// no effect of N or of D left in it; when it is not one point; and when N_c or
/// D_c is too large or too small for a number.
KaplanJointFit FitKaplanJoint(std::span<const Observation> observations,
                              JointOffset offset = JointOffset::kNone,
                              std::span<const double> counts = {},
                              const std::optional<KaplanJoint>& start = {});

}  // namespace isoflop
