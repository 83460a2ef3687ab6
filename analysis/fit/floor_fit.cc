#include "analysis/fit/floor_fit.h"

#include <ceres/tiny_solver.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <vector>

#include "analysis/fit/observation.h"

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
  std::ranges::sort(values);
  const auto distinct =
      std::unique(values.begin(), values.end(),
                  [](double x, double y) { return !IsBelow(x, y); });
  return static_cast<std::size_t>(distinct - values.begin());
}

/// Residuals ln(floor + exp(q + e x)) - y of (floor, q, e), for TinySolver.
class FloorResiduals {
 public:
  using Scalar = double;
  static constexpr int NUM_RESIDUALS = Eigen::Dynamic;
  static constexpr int NUM_PARAMETERS = 3;

  explicit FloorResiduals(const std::vector<CentredPoint>& points)
      : points_(points) {}

  int NumResiduals() const { return static_cast<int>(points_.size()); }

  bool operator()(const double* law, double* residuals,
                  double* jacobian) const {
    constexpr double kImpossible = 1e3;
    const std::size_t rows = points_.size();
    for (std::size_t i = 0; i < rows; ++i) {
      const CentredPoint& p = points_[i];
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

 private:
  const std::vector<CentredPoint>& points_;
};

using Law = Eigen::Vector3d;  // (floor, q, e)

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
  return {floor, std::log(term), exponent};
}

/// Returns the sum of squares at the end.
double Descend(const FloorResiduals& residuals, Law* law) {
  ceres::TinySolver<FloorResiduals> solver;
  solver.options.max_num_iterations = 200;
  solver.options.gradient_tolerance = 1e-15;
  solver.options.parameter_tolerance = 1e-12;
  solver.options.function_tolerance = 1e-30;
  solver.options.cost_threshold = 1e-30;
  return 2.0 * solver.Solve(residuals, law).final_cost;
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
  return Law(0.0, line->At(0.0), line->slope);
}

double SumOfSquares(const FloorResiduals& residuals, const Law& law) {
  Eigen::VectorXd values(residuals.NumResiduals());
  residuals(law.data(), values.data(), nullptr);
  return values.squaredNorm();
}

}  // namespace

std::optional<FloorLaw> FitFloorLaw(std::span<const WeightedPoint> points) {
  if (DistinctX(points) < kFewestForFloor) return std::nullopt;
  const CentredData data = Centre(points);
  const FloorResiduals residuals(data.points);
  std::optional<Law> best = PlainLaw(data.points);
  if (!best) return std::nullopt;
  double least = SumOfSquares(residuals, *best);
  for (const double fall : {0.3, 1.0, 3.0, 9.0}) {
    Law law = StartAt(-fall / data.range, data.points);
    const double squares = Descend(residuals, &law);
    const bool allowed = law.allFinite() && law[0] > 0.0 && law[2] < 0.0;
    if (!allowed || !(squares < least)) continue;
    least = squares;
    best = law;
  }
  if (-(*best)[2] * data.range > kSteepestFall) return std::nullopt;
  return FloorLaw{.floor = (*best)[0] * std::exp(data.mean_log_y),
                  .mean_log_x = data.mean_log_x,
                  .log_term = (*best)[1] + data.mean_log_y,
                  .exponent = (*best)[2]};
}

}  // namespace isoflop
