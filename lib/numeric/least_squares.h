// Straight lines and parabolas by weighted least squares.

#pragma once

#include <optional>
#include <span>

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

/// Returns the weighted sum of the squared distances from the line.
double SquaresAbout(const Line& line, std::span<const WeightedPoint> points);

/// Returns the line of ln y on ln x. REQUIRES: x > 0 and y > 0.
std::optional<Line> FitLogLine(std::span<const WeightedPoint> points);

/// y = c0 + c1 z + c2 z^2 with z = x - center.
struct Parabola {
  double center = 0.0;
  double c0 = 0.0;
  double c1 = 0.0;
  double c2 = 0.0;

  double At(double x) const {
    const double z = x - center;
    return c0 + z * (c1 + z * c2);
  }
};

/// Returns the parabola that minimises the weighted sum of squares, its center
/// at the mean of x. REQUIRES: three different x, weights >= 0.
Parabola FitParabola(std::span<const WeightedPoint> points);

}  // namespace isoflop
