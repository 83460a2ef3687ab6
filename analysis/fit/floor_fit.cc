#include "analysis/fit/floor_fit.h"

#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <vector>

#include "analysis/fit/observation.h"
#include "analysis/fit/offset_squares.h"

namespace isoflop {
namespace {

constexpr std::size_t kFewestForFloor = 4;

/// Over the range of the data a term that falls by more is a step, not a power.
constexpr double kSteepestFall = 30.0;

/// A point in centred units: x by the mean of ln x, y by the mean of ln y.
struct CentredPoint {
  double log_x;
  double log_y;
  double root_weight;
};

struct CentredData {
  std::vector<CentredPoint> points;
  double mean_log_x = 0.0;
  double mean_log_y = 0.0;
  double range = 0.0;  // of ln x
};

CentredData Centre(std::span<const WeightedPoint> points) {
  CentredData data;
  double weights = 0.0;
  for (const WeightedPoint& p : points) {
    weights += p.weight;
    data.mean_log_x += p.weight * std::log(p.x);
    data.mean_log_y += p.weight * std::log(p.y);
  }
  data.mean_log_x /= weights;
  data.mean_log_y /= weights;
  data.points.reserve(points.size());
  for (const WeightedPoint& p : points) {
    data.points.push_back({std::log(p.x) - data.mean_log_x,
                           std::log(p.y) - data.mean_log_y,
                           std::sqrt(p.weight)});
  }
  const auto [low, high] =
      std::ranges::minmax(data.points, {}, &CentredPoint::log_x);
  data.range = high.log_x - low.log_x;
  return data;
}

std::size_t DistinctX(std::span<const WeightedPoint> points) {
  std::vector<double> values;
  values.reserve(points.size());
  for (const WeightedPoint& p : points) values.push_back(p.x);
  return CountDistinct(std::move(values));
}

/// (floor, q, e) for ln(floor + exp(q + e x)).
using Law = Eigen::VectorXd;

/// The residuals ln(floor + exp(q + e x)) - y of a law.
bool FloorResiduals(const std::vector<CentredPoint>& points, const double* law,
                    double* residuals, double* jacobian) {
  constexpr double kImpossible = 1e3;
  const std::size_t rows = points.size();
  for (std::size_t i = 0; i < rows; ++i) {
    const CentredPoint& p = points[i];
    const double term = std::exp(law[1] + law[2] * p.log_x);
    const double y = law[0] + term;
    const bool possible = y > 0.0 && std::isfinite(y);
    residuals[i] =
        p.root_weight * (possible ? std::log(y) - p.log_y : kImpossible);
    if (jacobian == nullptr) continue;
    const double slope = possible ? p.root_weight / y : 0.0;
    jacobian[i] = slope;
    jacobian[i + rows] = slope * term;
    jacobian[i + 2 * rows] = slope * term * p.log_x;
  }
  return true;
}

Law LawOf(double floor, double log_term, double exponent) {
  return Eigen::Vector3d(floor, log_term, exponent);
}

/// The floor and term of least relative squares at an exponent, both positive.
Law StartAt(double exponent, const std::vector<CentredPoint>& points) {
  Eigen::Matrix2d square = Eigen::Matrix2d::Zero();
  Eigen::Vector2d product = Eigen::Vector2d::Zero();
  for (const CentredPoint& p : points) {
    const double scale = p.root_weight * std::exp(-p.log_y);
    const Eigen::Vector2d row(scale, scale * std::exp(exponent * p.log_x));
    square += row * row.transpose();
    product += row * p.root_weight;
  }
  const Eigen::Vector2d best = square.inverse() * product;
  const bool both = best[0] > 0.0 && best[1] > 0.0;
  const double floor = both ? best[0] : 0.0;
  const double term = both ? best[1] : product[1] / square(1, 1);
  return LawOf(floor, std::log(term), exponent);
}

/// The law without a floor.
std::optional<Law> PlainLaw(const std::vector<CentredPoint>& points) {
  std::vector<WeightedPoint> logs;
  logs.reserve(points.size());
  for (const CentredPoint& p : points) {
    logs.push_back({p.log_x, p.log_y, p.root_weight * p.root_weight});
  }
  const auto line = FitLine(logs);
  if (!line || !(line->slope < 0.0)) return std::nullopt;
  return LawOf(0.0, line->At(0.0), line->slope);
}

bool Falls(const OffsetMinimum& minimum) {
  return minimum.point.allFinite() && minimum.point[2] < 0.0;
}

/// Where descents from several exponents end.
std::vector<OffsetMinimum> Descents(const CentredData& data,
                                    const OffsetSquares& squares) {
  std::vector<OffsetMinimum> minima;
  for (const double fall : {0.3, 1.0, 3.0, 9.0}) {
    minima.push_back(
        squares.DescendWithin(StartAt(-fall / data.range, data.points)));
  }
  return minima;
}

/// (ln floor, ln of the scale at which the term is 1, -exponent).
Law GivenCoefficients(const CentredData& data, const Law& law) {
  return LawOf(std::log(law[0]),
               data.mean_log_x - (law[1] + data.mean_log_y) / law[2], -law[2]);
}

}  // namespace

std::optional<FloorLaw> FitFloorLaw(std::span<const WeightedPoint> points,
                                    Certificate* certificate) {
  if (DistinctX(points) < kFewestForFloor) return std::nullopt;
  const CentredData data = Centre(points);
  const auto plain = PlainLaw(data.points);
  if (!plain) return std::nullopt;
  const OffsetSquares squares(
      static_cast<int>(data.points.size()), 3,
      [&](const double* law, double* residuals, double* jacobian) {
        return FloorResiduals(data.points, law, residuals, jacobian);
      });
  const std::vector<OffsetMinimum> minima = Descents(data, squares);
  OffsetMinimum best{
      .point = *plain, .on_bound = true, .squares = squares.At(*plain)};
  for (const OffsetMinimum& minimum : minima) {
    if (Falls(minimum) && minimum.squares < best.squares) best = minimum;
  }
  if (certificate != nullptr) {
    const auto given = [&](const Law& law) {
      return GivenCoefficients(data, law);
    };
    *certificate = squares.Certify(minima, false, given, &best);
  }
  if (-best.point[2] * data.range > kSteepestFall) return std::nullopt;
  return FloorLaw{.floor = best.point[0] * std::exp(data.mean_log_y),
                  .mean_log_x = data.mean_log_x,
                  .log_term = best.point[1] + data.mean_log_y,
                  .exponent = best.point[2]};
}

}  // namespace isoflop
