// A falling power law above a floor, in one variable.

#pragma once

#include <optional>
#include <span>

#include "analysis/solve/certificate.h"
#include "analysis/solve/power_law_fit.h"

namespace isoflop {

/// y = floor + (scale / x)^exponent; exponent > 0.
struct FloorLaw {
  double floor = 0.0;  // >= 0, in the unit of y
  double scale = 0.0;  // in the unit of x
  double exponent = 0.0;
  double rms_log_residual = 0.0;  // weighted
  Certificate certificate;
};

/// Returns the law with the least weighted sum of squares of ln y(x) - ln y.
/// The floor is 0 where the data are described best without one or would want
/// a negative one. Nothing when there are fewer than four different x, when y
/// does not fall, when the best law is a step, and when its scale is too large
/// or too small for a number.
/// REQUIRES: x, y > 0 and weights > 0.
std::optional<FloorLaw> FitFloorLaw(std::span<const WeightedPoint> points);

}  // namespace isoflop
