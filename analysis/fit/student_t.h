// Scale and degrees of freedom of Student's t distribution from residuals.

#pragma once

#include <optional>
#include <span>

#include "analysis/fit/penalty.h"

namespace isoflop {

/// A residual and the weight of its term in the likelihood.
struct WeightedResidual {
  double value = 0.0;
  double weight = 1.0;
};

/// Returns the density of largest likelihood with degrees of freedom from 0.1
/// to 1000, or nothing when the residuals vanish and the likelihood has no
/// bound.
///
/// For given degrees of freedom nu the scale s solves
///   sum_i w_i [(nu + 1) r_i^2 / (nu s^2 + r_i^2) - 1] = 0.
///
/// Source: Lange, Little & Taylor 1989 (JASA 84), section 3.
std::optional<StudentT> EstimateStudentT(
    std::span<const WeightedResidual> residuals);

}  // namespace isoflop
