// A falling power law above a floor, in one variable.

#pragma once

#include <cmath>
#include <optional>
#include <span>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/power_law_fit.h"

namespace isoflop {

/// y = floor + exp(log_term + exponent (ln x - mean_log_x)); exponent < 0.
struct FloorLaw {
  double floor = 0.0;  // >= 0, in the unit of y
  double mean_log_x = 0.0;
  double log_term = 0.0;  // ln of y - floor at the mean of ln x
  double exponent = 0.0;

  double At(double x) const {
    return floor + std::exp(log_term + exponent * (std::log(x) - mean_log_x));
  }
};

/// Returns the law with the least weighted sum of squares of ln y(x) - ln y.
/// The floor is 0 where the data are described best without one or would want
/// a negative one.
///
/// Descends by Levenberg-Marquardt from several exponents, with the best floor
/// and term for each. A `certificate` that is not null is written: of the
/// optimum after Newton's method, its condition number in (ln floor, ln scale,
/// exponent) with term = (scale / x)^-exponent. Nothing when there are fewer
/// than four different x, when y does not fall, or when the best law is a step.
/// REQUIRES: x, y > 0 and weights > 0.
std::optional<FloorLaw> FitFloorLaw(std::span<const WeightedPoint> points,
                                    Certificate* certificate = nullptr);

}  // namespace isoflop
