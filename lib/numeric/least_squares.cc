#include "lib/numeric/least_squares.h"

#include <Eigen/QR>
#include <cassert>
#include <cmath>

#include "lib/core/transformed.h"

namespace isoflop {

std::optional<Line> FitLine(std::span<const WeightedPoint> points) {
  double weight = 0.0;
  double x = 0.0;
  double y = 0.0;
  for (const auto& p : points) {
    weight += p.weight;
    x += p.weight * p.x;
    y += p.weight * p.y;
  }
  if (!(weight > 0.0)) return std::nullopt;
  Line line{.mean_x = x / weight, .at_mean = y / weight};
  double square = 0.0;
  double product = 0.0;
  for (const auto& p : points) {
    const double from_mean = p.x - line.mean_x;
    square += p.weight * from_mean * from_mean;
    product += p.weight * from_mean * (p.y - line.at_mean);
  }
  // x that differ by rounding only would make a slope of anything.
  const double rounding = 1e-12 * (1.0 + std::abs(line.mean_x));
  if (!(square > weight * rounding * rounding)) return std::nullopt;
  line.slope = product / square;
  return line;
}

double SquaresAbout(const Line& line, std::span<const WeightedPoint> points) {
  double squares = 0.0;
  for (const auto& p : points) {
    const double r = p.y - line.At(p.x);
    squares += p.weight * r * r;
  }
  return squares;
}

std::optional<Line> FitLogLine(std::span<const WeightedPoint> points) {
  return FitLine(Transformed(points, [](const WeightedPoint& p) {
    assert(p.x > 0.0 && p.y > 0.0);
    return WeightedPoint{std::log(p.x), std::log(p.y), p.weight};
  }));
}

Parabola FitParabola(std::span<const WeightedPoint> points) {
  const auto rows = static_cast<Eigen::Index>(points.size());
  Parabola parabola;
  for (const auto& p : points) {
    parabola.center += p.x / static_cast<double>(rows);
  }
  // Centred, because powers of x itself may be nearly the same column.
  Eigen::MatrixX3d powers(rows, 3);
  Eigen::VectorXd values(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const WeightedPoint& p = points[static_cast<std::size_t>(i)];
    const double z = p.x - parabola.center;
    const double root = std::sqrt(p.weight);
    powers.row(i) << root, root * z, root * z * z;
    values[i] = root * p.y;
  }
  const Eigen::Vector3d c = powers.colPivHouseholderQr().solve(values);
  parabola.c0 = c[0];
  parabola.c1 = c[1];
  parabola.c2 = c[2];
  return parabola;
}

}  // namespace isoflop
