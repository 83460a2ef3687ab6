// Kaplan's joint law of size and data, fitted to every run at once:
//
//   L(N, D) = [(N_c / N)^(alpha_N / alpha_D) + D_c / D]^alpha_D
//
// by least squares of ln L. It has no irreducible term.
//
// Source: Kaplan et al. 2020, eq. (1.5) and section 4 (arXiv:2001.08361).

#pragma once

#include <optional>
#include <span>
#include <string>

#include "analysis/fit/estimate.h"
#include "analysis/fit/observation.h"
#include "analysis/laws/kaplan.h"

namespace isoflop {

/// Why the joint fit may be believed to be the global optimum.
struct JointCertificate {
  int starts = 0;    // descents, one from each (alpha_N, alpha_D) of a grid
  int agreeing = 0;  // of these, how many end at the reported optimum

  /// Largest component of the gradient, each relative to the sum of the
  /// magnitudes of its terms, as Certificate::gradient_norm.
  double gradient_norm = 0.0;

  /// The gradient is below 1e-7, and the optimum is one point.
  bool converged = false;

  /// As Certificate::certified.
  bool certified() const { return converged && agreeing >= 2; }
};

/// When `status` is not kOk, only `reason` counts.
struct KaplanJointFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::string selection;  // which runs were used, in words
  int points = 0;
  Estimate N_c;      // parameters
  Estimate D_c;      // tokens
  Estimate alpha_N;  // > 0
  Estimate alpha_D;  // > 0
  double rms_log_residual = 0.0;
  JointCertificate certificate;
  int failed_resamples = 0;

  /// REQUIRES: status is kOk.
  KaplanJoint law() const;
};

/// Fits the joint law, without spreads. `counts` as for FitIsoflop. With a
/// `start` there is one descent, from there: what a resample takes.
///
/// Unsupported with fewer than five runs, three different N or three different
/// D; when the best law has no effect of N or of D left in it; and when N_c or
/// D_c is too large or too small for a number.
KaplanJointFit FitKaplanJoint(std::span<const Observation> observations,
                              std::span<const double> counts = {},
                              const std::optional<KaplanJoint>& start = {});

}  // namespace isoflop
