// Why a fit may be believed to be the optimum.

#pragma once

#include <optional>

namespace isoflop {

/// Why a fit may be believed to be the optimum: `converged` proves that it is a
/// local one, the starts that agree are evidence that it is the global one.
struct Certificate {
  int starts = 0;           // descents
  int agreeing = 0;         // of these, how many end as low as the reported one
  int distinct_minima = 0;  // different places at which converged descents end

  /// Of how many runs the starts were descended with; what they found was then
  /// followed with all. 0: all along with all.
  int sample = 0;

  /// Largest component of the gradient, each relative to the sum of the
  /// magnitudes of its terms: 1 is no optimum at all, 1e-15 is rounding.
  /// A residual below 1e-6 counts there as 1e-6, for data without noise.
  double gradient_norm = 0.0;

  /// Of the objective's Hessian in the logarithms of positive coefficients and
  /// the values of exponents and of others ((ln E, ln A, ln B, alpha, beta) of
  /// Chinchilla's law), without what is held or at its bound. Large: some
  /// combination is hardly determined. Absent with kLad, which has no second
  /// derivatives, and when it is not a positive number.
  std::optional<double> condition_number;

  /// The Hessian is positive definite, one more Newton step would move none of
  /// the coordinates (of Chinchilla's law E + A + B, ln alpha A, ln beta B,
  /// alpha and beta, with N, D and L in units of their geometric means) by
  /// 1e-8, and the objective does not fall from a bound such as E = 0. With
  /// kStudentT one more estimate of the density would change neither of its
  /// constants by a share of 1e-8.
  bool converged = false;

  /// How often the lowest minimum has to be found to be taken for the global
  /// one.
  static constexpr int kFewestAgreeing = 3;

  /// Whether the optimum is proved to be local and so many starts agree.
  bool certified() const { return converged && agreeing >= kFewestAgreeing; }
};

}  // namespace isoflop
