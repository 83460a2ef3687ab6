#include "analysis/fit/law_objective.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A residual smaller than this counts as this in LocalQuadratic::magnitude.
constexpr double kSmallestNoise = 1e-6;

/// Of a coordinate, for differences of the law's gradient.
constexpr double kDifference = 1e-5;

}  // namespace

/// One run: its residual, and the derivatives of that by the coordinates.
struct LawObjective::Point {
  double residual = 0.0;
  VectorXd gradient;
};

LawObjective::LawObjective(const LawModel& model, std::span<const LawRun> runs,
                           const Penalty& penalty, ResidualKind residual,
                           HeldValues held)
    : model_(model),
      runs_(runs),
      penalty_(penalty),
      residual_(residual),
      held_(std::move(held)) {
  assert(!runs.empty());
  held_.resize(model.coefficients.size());
  for (int i = 0; i < model.size(); ++i) {
    if (!held_[static_cast<std::size_t>(i)]) free_.push_back(i);
  }
  assert(!model.coordinates || size() == model.size());
}

/// exp(constant + shear q) of a coefficient.
double LawObjective::Factor(std::size_t i, const VectorXd& coefficients) const {
  const CoefficientSpec& spec = model_.coefficients[i];
  const double sheared =
      spec.sheared_by < 0 ? 0.0 : spec.shear * coefficients[spec.sheared_by];
  return std::exp(spec.constant + sheared);
}

VectorXd LawObjective::Coefficients(const VectorXd& z, MatrixXd* by_z) const {
  if (model_.coordinates) return model_.coordinates(z, by_z);
  VectorXd p = VectorXd::Zero(model_.size());
  if (by_z != nullptr) by_z->setZero(model_.size(), size());
  // Backwards: a coefficient is sheared by a later one.
  Index coordinate = size();
  for (int i = model_.size() - 1; i >= 0; --i) {
    const auto index = static_cast<std::size_t>(i);
    if (held_[index]) {
      p[i] = *held_[index];
      continue;
    }
    --coordinate;
    const CoefficientSpec& spec = model_.coefficients[index];
    const double factor = Factor(index, p);
    const double base = spec.positive ? std::exp(z[coordinate]) : z[coordinate];
    p[i] = factor * base;
    if (by_z == nullptr) continue;
    if (spec.sheared_by >= 0) {
      by_z->row(i) = spec.shear * p[i] * by_z->row(spec.sheared_by);
    }
    (*by_z)(i, coordinate) += spec.positive ? p[i] : factor;
  }
  return p;
}

VectorXd LawObjective::Coordinates(const VectorXd& coefficients) const {
  assert(!model_.coordinates);
  VectorXd z(size());
  for (Index j = 0; j < size(); ++j) {
    const int i = free_[static_cast<std::size_t>(j)];
    const auto index = static_cast<std::size_t>(i);
    const double base = coefficients[i] / Factor(index, coefficients);
    z[j] = model_.coefficients[index].positive ? std::log(base) : base;
  }
  return z;
}

LawObjective::Point LawObjective::PointAt(const VectorXd& coefficients,
                                          const MatrixXd& by_z,
                                          const LawRun& run) const {
  VectorXd by_coefficient(model_.size());
  const double y =
      model_.predict(coefficients.data(), run, by_coefficient.data());
  if (residual_ == ResidualKind::kRaw) {
    return {y - run.y, by_z.transpose() * by_coefficient};
  }
  const double residual =
      y > 0.0 ? std::log(y / run.y) : std::numeric_limits<double>::infinity();
  return {residual, by_z.transpose() * by_coefficient / y};
}

double LawObjective::Value(const VectorXd& z) const {
  double value = 0.0;
  for (const WeightedResidual& r : Residuals(z)) {
    value += r.weight * penalty_(r.value).value;
  }
  return value;
}

std::vector<WeightedResidual> LawObjective::Residuals(const VectorXd& z) const {
  const VectorXd p = Coefficients(z);
  VectorXd ignored(model_.size());
  std::vector<WeightedResidual> residuals;
  residuals.reserve(runs_.size());
  for (const LawRun& run : runs_) {
    const double y = model_.predict(p.data(), run, ignored.data());
    const double log_ratio =
        y > 0.0 ? std::log(y / run.y) : std::numeric_limits<double>::infinity();
    residuals.push_back(
        {residual_ == ResidualKind::kRaw ? y - run.y : log_ratio, run.weight});
  }
  return residuals;
}

bool LawObjective::RootPenalties(const double* z, double scale, double* roots,
                                 double* jacobian) const {
  MatrixXd by_z;
  const VectorXd p = Coefficients(Eigen::Map<const VectorXd>(z, size()), &by_z);
  const auto rows = static_cast<Index>(runs_.size());
  const double least = penalty_(0.0).value;
  bool finite = true;
  for (Index i = 0; i < rows; ++i) {
    const LawRun& run = runs_[static_cast<std::size_t>(i)];
    const Point point = PointAt(p, by_z, run);
    const PenaltyValue penalty = penalty_(point.residual);
    const double root = std::sqrt(std::max(penalty.value - least, 0.0));
    // rho'(r) / (2 root), which tends to sqrt(rho''(0) / 2) as r goes to 0.
    const double slope = root > 0.0 ? 0.5 * std::abs(penalty.slope) / root
                                    : std::sqrt(0.5 * penalty.curvature);
    const double factor = scale * std::sqrt(run.weight);
    roots[i] = factor * std::copysign(root, point.residual);
    finite = finite && std::isfinite(root);
    if (jacobian == nullptr) continue;
    for (Index j = 0; j < size(); ++j) {
      jacobian[j * rows + i] = factor * slope * point.gradient[j];
    }
  }
  return finite;
}

LocalQuadratic LawObjective::ModelAt(const VectorXd& z) const {
  MatrixXd by_z;
  const VectorXd p = Coefficients(z, &by_z);
  LocalQuadratic model;
  model.gradient = model.magnitude = VectorXd::Zero(size());
  model.curvature_scale = VectorXd::Zero(size());
  model.hessian = MatrixXd::Zero(size(), size());
  VectorXd slopes(std::ssize(runs_));
  for (Index i = 0; i < slopes.size(); ++i) {
    const LawRun& run = runs_[static_cast<std::size_t>(i)];
    const Point point = PointAt(p, by_z, run);
    const PenaltyValue penalty = penalty_(point.residual);
    const double noise = std::max(std::abs(point.residual), kSmallestNoise);
    const MatrixXd product =
        run.weight * point.gradient * point.gradient.transpose();
    slopes[i] = run.weight * penalty.slope;
    model.value += run.weight * penalty.value;
    model.gradient += slopes[i] * point.gradient;
    model.magnitude +=
        run.weight * penalty_(noise).slope * point.gradient.cwiseAbs();
    model.hessian += penalty.curvature * product;
    model.curvature_scale +=
        penalty_.SquareWeight(point.residual) * product.diagonal();
  }
  model.hessian += Bend(z, slopes);
  return model;
}

/// sum_i slopes_i d2 r_i / dz^2, by central differences of the residuals'
/// gradients. The slopes stay, so no kink of the penalty is crossed.
MatrixXd LawObjective::Bend(const VectorXd& z, const VectorXd& slopes) const {
  const auto gradient = [&](const VectorXd& place) {
    MatrixXd by_z;
    const VectorXd p = Coefficients(place, &by_z);
    VectorXd sum = VectorXd::Zero(size());
    for (Index i = 0; i < slopes.size(); ++i) {
      sum += slopes[i] *
             PointAt(p, by_z, runs_[static_cast<std::size_t>(i)]).gradient;
    }
    return sum;
  };
  MatrixXd bend(size(), size());
  for (Index j = 0; j < size(); ++j) {
    VectorXd step = VectorXd::Zero(size());
    step[j] = kDifference;
    bend.col(j) =
        (gradient(z + step) - gradient(z - step)) / (2.0 * kDifference);
  }
  return 0.5 * (bend + bend.transpose());
}

}  // namespace isoflop
