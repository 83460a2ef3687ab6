#include "analysis/fit/offset_squares.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <utility>

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A residual smaller than this counts as this in LocalQuadratic::magnitude.
constexpr double kSmallestNoise = 1e-6;

/// Of a parameter, for differences of derivatives.
constexpr double kDifference = 1e-5;

/// Relative changes of the squares at which a descent stops.
constexpr double kNoChange = 1e-20;

/// Of the magnitudes of a slope's terms: less than this share is rounding.
constexpr double kSlopeRounding = 1e-9;

VectorXd AtZero(const VectorXd& rest) {
  VectorXd point(rest.size() + 1);
  point << 0.0, rest;
  return point;
}

VectorXd Rest(const VectorXd& point) { return point.tail(point.size() - 1); }

/// d(point) / d(given), of the parameters that are free.
MatrixXd ByGiven(const std::function<VectorXd(const VectorXd&)>& given,
                 const VectorXd& point, bool on_bound) {
  const Index first = on_bound ? 1 : 0;
  const Index size = point.size() - first;
  MatrixXd jacobian(size, size);
  for (Index j = 0; j < size; ++j) {
    VectorXd step = VectorXd::Zero(point.size());
    step[j + first] = kDifference * std::max(std::abs(point[j + first]), 0.1);
    if (j + first == 0) step[0] = kDifference * point[0];
    jacobian.col(j) = (given(point + step) - given(point - step)).tail(size) /
                      (2.0 * step[j + first]);
  }
  return jacobian.inverse();
}

}  // namespace

OffsetSquares::OffsetSquares(int count, int parameters, RootFunction residuals)
    : count_(count),
      parameters_(parameters),
      residuals_(std::move(residuals)) {}

double OffsetSquares::At(const VectorXd& point) const {
  VectorXd values(count_);
  residuals_(point.data(), values.data(), nullptr);
  return values.squaredNorm();
}

OffsetMinimum OffsetSquares::Descend(const VectorXd& start) const {
  OffsetMinimum minimum;
  minimum.point = DescendRoots(residuals_, count_, start, kNoChange);
  minimum.squares = At(minimum.point);
  return minimum;
}

OffsetMinimum OffsetSquares::DescendAtZero(const VectorXd& start) const {
  MatrixXd full(count_, parameters_);
  const RootFunction rest = [&](const double* place, double* values,
                                double* jacobian) {
    const Eigen::Map<const VectorXd> free(place, parameters_ - 1);
    const VectorXd point = AtZero(free);
    if (jacobian == nullptr) return residuals_(point.data(), values, nullptr);
    const bool finite = residuals_(point.data(), values, full.data());
    std::copy(full.data() + count_, full.data() + full.size(), jacobian);
    return finite;
  };
  OffsetMinimum minimum;
  minimum.on_bound = true;
  minimum.point = AtZero(DescendRoots(rest, count_, Rest(start), kNoChange));
  minimum.squares = At(minimum.point);
  return minimum;
}

OffsetMinimum OffsetSquares::DescendWithin(const VectorXd& start) const {
  OffsetMinimum inside = Descend(start);
  if (inside.point[0] >= 0.0) return inside;
  return DescendAtZero(inside.point);
}

/// Derivatives by what is free; the second ones of the residuals by central
/// differences of the first.
LocalQuadratic OffsetSquares::ModelAt(const VectorXd& point,
                                      bool on_bound) const {
  VectorXd values(count_);
  MatrixXd jacobian(count_, parameters_);
  residuals_(point.data(), values.data(), jacobian.data());
  MatrixXd bend(parameters_, parameters_);
  for (Index j = 0; j < parameters_; ++j) {
    VectorXd step = VectorXd::Zero(parameters_);
    step[j] = kDifference;
    VectorXd ignored(count_);
    MatrixXd above(count_, parameters_);
    MatrixXd below(count_, parameters_);
    const VectorXd up = point + step;
    const VectorXd down = point - step;
    residuals_(up.data(), ignored.data(), above.data());
    residuals_(down.data(), ignored.data(), below.data());
    bend.col(j) = (above - below).transpose() * values / (2.0 * kDifference);
  }
  const MatrixXd square = jacobian.transpose() * jacobian;
  const auto free = Eigen::seq(on_bound ? 1 : 0, Eigen::last);
  const MatrixXd hessian = 2.0 * square + bend + bend.transpose();
  const VectorXd slope = 2.0 * jacobian.transpose() * values;
  const VectorXd terms =
      2.0 * jacobian.cwiseAbs().transpose() *
      values.cwiseAbs().cwiseMax(VectorXd::Constant(count_, kSmallestNoise));
  return {.value = values.squaredNorm(),
          .gradient = slope(free),
          .hessian = hessian(free, free),
          .curvature_scale = 2.0 * square.diagonal()(free),
          .magnitude = terms(free)};
}

LocalMinimum OffsetSquares::Polish(const OffsetMinimum& minimum) const {
  const auto whole = [&](const VectorXd& free) {
    return minimum.on_bound ? AtZero(free) : free;
  };
  const SmoothObjective smooth{
      .value = [&](const VectorXd& free) { return At(whole(free)); },
      .model =
          [&](const VectorXd& free) {
            return ModelAt(whole(free), minimum.on_bound);
          }};
  return PolishByNewton(smooth,
                        minimum.on_bound ? Rest(minimum.point) : minimum.point);
}

/// Over the magnitudes of its terms.
double OffsetSquares::SlopeByOffset(const VectorXd& point) const {
  const LocalQuadratic model = ModelAt(point, false);
  return model.gradient[0] / std::max(model.magnitude[0], 1e-300);
}

bool OffsetSquares::Agree(double squares, double lowest) const {
  return squares <= lowest * (1.0 + 1e-9) + count_ * 1e-18;
}

Certificate OffsetSquares::Certify(
    const std::vector<OffsetMinimum>& minima, bool E_is_given,
    const std::function<VectorXd(const VectorXd&)>& given,
    OffsetMinimum* best) const {
  const LocalMinimum polished = Polish(*best);
  if (polished.value() <= best->squares) {
    best->point = best->on_bound ? AtZero(polished.point) : polished.point;
    best->squares = polished.value();
  }
  Certificate certificate;
  certificate.starts = static_cast<int>(minima.size());
  std::vector<LocalMinimum> inside;
  std::vector<LocalMinimum> bound;
  for (const OffsetMinimum& minimum : minima) {
    if (Agree(minimum.squares, best->squares)) ++certificate.agreeing;
    (minimum.on_bound ? bound : inside).push_back(Polish(minimum));
  }
  certificate.distinct_minima = CountPlaces(inside) + CountPlaces(bound);
  certificate.gradient_norm = RelativeGradient(polished.model);
  certificate.condition_number =
      ConditionNumber(polished.model.hessian, polished.model.curvature_scale,
                      ByGiven(given, best->point, best->on_bound));
  const bool falls = best->on_bound && !E_is_given &&
                     SlopeByOffset(best->point) < -kSlopeRounding;
  certificate.converged = polished.newton_step <= 1e-8 && !falls;
  return certificate;
}

}  // namespace isoflop
