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

#include "analysis/laws/kaplan.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/law_fit.h"
#include "analysis/solve/estimate.h"

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

  Certificate certificate;
  int failed_resamples = 0;

  /// REQUIRES: status is kOk.
  KaplanJoint law() const;
};

/// Fits the joint law, without spreads.
///
/// Unsupported for what FitLaw says, with fewer than three different N or D,
/// and when N_c or D_c is too large or too small for a number.
KaplanJointFit FitKaplanJoint(std::span<const Observation> observations,
                              JointOffset offset = JointOffset::kNone);

/// Returns the joint law again, with other weights of the same runs.
/// REQUIRES: fit is FitKaplanJoint(observations, offset), with status kOk.
LawRefits RefitsOf(const KaplanJointFit& fit,
                   std::span<const Observation> observations,
                   JointOffset offset);

/// Returns a refit as a fit, without certificate and selection.
KaplanJointFit KaplanJointOf(const Refit& refit);

}  // namespace isoflop
