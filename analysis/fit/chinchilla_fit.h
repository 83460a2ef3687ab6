// Approach 3: the Chinchilla law fitted to every run at once, with a proof that
// the fit is the optimum it claims to be.
//
// For fixed exponents the rest of the law is linear, so starts are spread over
// (alpha, beta) alone; from each, Levenberg-Marquardt goes down in all five
// parameters at once, in units in which N, D and L have mean logarithm zero,
// and Newton's method goes on until only rounding is left of the gradient.
//
// Source: Hoffmann et al. 2022, section 3.3 (arXiv:2203.15556); Golub & Pereyra
// 1973 (variable projection).

#pragma once

#include <optional>
#include <span>
#include <string>

#include "analysis/fit/estimate.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/penalty.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// Why a fit may be believed to be the global optimum.
struct Certificate {
  int starts = 0;           // descents, one from each (alpha, beta) of the grid
  int agreeing = 0;         // of these, how many end at the reported optimum
  int distinct_minima = 0;  // different places at which converged descents end

  /// Largest component of the gradient, each relative to the sum of the
  /// magnitudes of its terms: 1 is no optimum at all, 1e-15 is rounding.
  /// A residual below 1e-6 counts there as 1e-6, for data without noise.
  double gradient_norm = 0.0;

  /// Of the objective's Hessian in (ln E, ln A, ln B, alpha, beta), without
  /// ln E when E is 0. Large: some combination is hardly determined.
  double condition_number = 0.0;

  /// The Hessian is positive definite, and one more Newton step would move none
  /// of (E + A + B, ln alpha A, ln beta B, alpha, beta) by 1e-8, with N, D and
  /// L in units of their geometric means.
  bool converged = false;
};

/// What Approach 3 found. When `status` is not kOk, only `reason` counts.
struct ChinchillaFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  Chinchilla law;
  double objective = 0.0;             // sum of weighted penalties at `law`
  std::optional<StudentT> student_t;  // estimated along with kStudentT
  double rms_log_residual = 0.0;      // of ln L_predicted - ln L, weighted
  double max_log_residual = 0.0;      // largest magnitude
  Certificate certificate;
};

/// Fits L = E + A/N^alpha + B/D^beta with E >= 0 and the others positive.
///
/// Unsupported with fewer than 6 observations, 3 different N or 3 different D;
/// when the optimum has no effect of N or of D left in it; and when it is not
/// one point.
/// REQUIRES: every N, D, L and weight is finite and positive.
ChinchillaFit FitChinchilla(std::span<const Observation> observations,
                            const ObjectiveOptions& options);

}  // namespace isoflop
