// Approach 3: the Chinchilla law fitted to every run at once, with proof that
// the fit is a local optimum and evidence that it is the global one.
//
// For fixed exponents the rest of the law is linear, so starts are spread over
// (alpha, beta) alone; from each, Levenberg-Marquardt goes down in all
// coefficients at once, in units in which N, D and L have mean logarithm zero,
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

/// Why a fit may be believed to be the optimum: `converged` proves that it is a
/// local one, the starts that agree are evidence that it is the global one.
struct Certificate {
  int starts = 0;           // descents, one from each (alpha, beta) of the grid
  int agreeing = 0;         // of these, how many end at the reported place
  int distinct_minima = 0;  // different places at which converged descents end

  /// Largest component of the gradient, each relative to the sum of the
  /// magnitudes of its terms: 1 is no optimum at all, 1e-15 is rounding.
  /// A residual below 1e-6 counts there as 1e-6, for data without noise.
  double gradient_norm = 0.0;

  /// Of the objective's Hessian in (ln E, ln A, ln B, alpha, beta), without
  /// what is held and without ln E when E is 0. Large: some combination is
  /// hardly determined. Absent with kLad, which has no second derivatives, and
  /// when it is not a positive number.
  std::optional<double> condition_number;

  /// The Hessian is positive definite, one more Newton step would move none of
  /// (E + A + B, ln alpha A, ln beta B, alpha, beta) by 1e-8, with N, D and L
  /// in units of their geometric means, and the objective does not fall from
  /// the bound E = 0 as E rises. With kStudentT one more estimate of the
  /// density would change neither of its constants by a share of 1e-8.
  bool converged = false;

  /// Whether the optimum is proved to be local and more than one start agrees.
  bool certified() const { return converged && agreeing >= 2; }
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
/// Unsupported with fewer different (N, D) than one more than there are
/// coefficients to fit (with kStudentT, than twice as many and one); with fewer
/// different N or D than their terms have coefficients, E included; when the
/// optimum has no effect of N or of D left in it; and when it is not one point.
/// REQUIRES: every N, D, L and weight is finite and positive, and
/// Validate(FitOptions) accepts the options.
ChinchillaFit FitChinchilla(std::span<const Observation> observations,
                            const ObjectiveOptions& options);

}  // namespace isoflop
