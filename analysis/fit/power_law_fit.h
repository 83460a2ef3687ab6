// Straight lines by weighted least squares, and power laws as lines between
// logarithms.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/laws/power_law.h"

namespace isoflop {

/// A point with the weight of its squared residual.
struct WeightedPoint {
  double x = 0.0;
  double y = 0.0;
  double weight = 1.0;
};

/// y = at_mean + slope (x - mean_x)
struct Line {
  double mean_x = 0.0;
  double at_mean = 0.0;
  double slope = 0.0;

  double At(double x) const { return at_mean + slope * (x - mean_x); }
};

/// Returns the line that minimises the weighted sum of squares, or nothing when
/// all x of positive weight are the same to rounding.
/// REQUIRES: weights >= 0.
std::optional<Line> FitLine(std::span<const WeightedPoint> points);

/// Returns the power law whose line between logarithms fits best, or nothing as
/// FitLine does and when its coefficient is too large or small for a number.
/// REQUIRES: x > 0 and y > 0.
std::optional<PowerLaw> FitPowerLaw(std::span<const WeightedPoint> points);

}  // namespace isoflop
