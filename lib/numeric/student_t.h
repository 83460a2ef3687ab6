// Scale and degrees of freedom of Student's t distribution from residuals.

#pragma once

#include <optional>
#include <span>

namespace isoflop {

/// Scale s and degrees of freedom nu of Student's t distribution.
struct StudentT {
  double scale = 0.0;
  double degrees_of_freedom = 0.0;
};

/// A residual and the weight of its term in the likelihood.
struct WeightedResidual {
  double value = 0.0;
  double weight = 1.0;
};

/// Returns the weighted root mean square. REQUIRES: a weight above 0.
double RootMeanSquare(std::span<const WeightedResidual> residuals);

/// The fewest degrees of freedom that are fitted. A law that passes through k
/// of n points exactly makes the likelihood unbounded as the scale goes to 0,
/// if nu < k / (n - k): with nu >= 1 that takes n < 2k points.
inline constexpr double kFewestDegrees = 1.0;

/// Returns the density of largest likelihood with degrees of freedom from
/// kFewestDegrees to 1000, or nothing when the residuals vanish and the
/// likelihood has no bound.
///
/// For given degrees of freedom nu the scale s solves
///   sum_i w_i [(nu + 1) q_i / (1 + q_i) - 1] = 0,  q_i = r_i^2 / (nu s^2),
/// and along these scales nu solves, psi the digamma function,
///   sum_i w_i [psi(nu / 2) - psi((nu + 1) / 2) + ln(1 + q_i)] = 0.
///
/// Source: Lange, Little & Taylor 1989 (JASA 84), section 3.
std::optional<StudentT> EstimateStudentT(
    std::span<const WeightedResidual> residuals);

/// An estimate of the density that changes neither logarithm of its constants
/// by more than this is the last.
inline constexpr double kDensitySettled = 1e-8;

/// Returns the larger change of the logarithm of a constant.
double LogChange(const StudentT& before, const StudentT& after);

}  // namespace isoflop
