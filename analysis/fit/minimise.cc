#include "analysis/fit/minimise.h"

#include <ceres/tiny_solver.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "analysis/fit/limits.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kNewtonSteps = 50;

/// A RootFunction as TinySolver wants it.
class RootCost {
 public:
  using Scalar = double;
  static constexpr int NUM_PARAMETERS = Eigen::Dynamic;
  static constexpr int NUM_RESIDUALS = Eigen::Dynamic;

  RootCost(const RootFunction& roots, int count, int parameters)
      : roots_(roots), count_(count), parameters_(parameters) {}

  int NumResiduals() const { return count_; }
  int NumParameters() const { return parameters_; }

  bool operator()(const double* point, double* roots, double* jacobian) const {
    return roots_(point, roots, jacobian);
  }

 private:
  const RootFunction& roots_;
  int count_;
  int parameters_;
};

VectorXd UnitsOf(const LocalQuadratic& model) {
  return (model.curvature_scale.array() + 1e-300).rsqrt();
}

/// Newton's quadratic model in units in which every coordinate matters alike.
struct ScaledModel {
  explicit ScaledModel(const LocalQuadratic& model)
      : scale(UnitsOf(model)),
        gradient(scale.cwiseProduct(model.gradient)),
        eigen(scale.asDiagonal() * model.hessian * scale.asDiagonal()) {}

  double smallest() const { return eigen.eigenvalues()[0]; }
  double largest() const { return eigen.eigenvalues().cwiseAbs().maxCoeff(); }

  VectorXd Step(double shift) const {
    const VectorXd along = eigen.eigenvectors().transpose() * gradient;
    const VectorXd curvature = eigen.eigenvalues().array() + shift;
    return -scale.cwiseProduct(eigen.eigenvectors() *
                               along.cwiseQuotient(curvature));
  }

  double StepSize() const {
    if (!(smallest() > 0.0)) return kInfinity;
    return Step(0.0).cwiseAbs().maxCoeff();
  }

  VectorXd scale;
  VectorXd gradient;
  Eigen::SelfAdjointEigenSolver<MatrixXd> eigen;
};

/// Whether `next` is lower, or as low to rounding and flatter.
bool Improves(const LocalQuadratic& next, const LocalQuadratic& model) {
  if (!std::isfinite(next.value) || !next.gradient.allFinite()) return false;
  const double rounding = 1e-14 * std::abs(model.value);
  if (next.value < model.value - rounding) return true;
  const VectorXd scale = UnitsOf(model);
  return next.value <= model.value + rounding &&
         scale.cwiseProduct(next.gradient).norm() <
             0.9 * scale.cwiseProduct(model.gradient).norm();
}

/// Replaces the minimum by a better one along Newton's step; returns whether
/// there was one.
bool NewtonStep(const SmoothObjective& objective, LocalMinimum* minimum) {
  constexpr int kShifts = 12;
  const ScaledModel quadratic(minimum->model);
  if (quadratic.StepSize() < 1e-15) return false;
  const double largest = quadratic.largest();
  const double highest =
      minimum->model.value + 1e-14 * std::abs(minimum->model.value);
  double shift = std::max(0.0, 1e-10 * largest - 1.5 * quadratic.smallest());
  for (int attempt = 0; attempt < kShifts; ++attempt) {
    const VectorXd point = minimum->point + quadratic.Step(shift);
    if (objective.value(point) <= highest) {
      LocalQuadratic next = objective.model(point);
      if (Improves(next, minimum->model)) {
        minimum->point = point;
        minimum->model = std::move(next);
        return true;
      }
      if (shift == 0.0) return false;  // only rounding is left
    }
    shift = std::max(10.0 * shift, 1e-6 * largest);
  }
  return false;
}

}  // namespace

bool LocalQuadratic::finite() const {
  return std::isfinite(value) && gradient.allFinite() && hessian.allFinite();
}

double LocalMinimum::value() const {
  if (std::isnan(model.value)) return kInfinity;
  return model.value;
}

VectorXd DescendRoots(const RootFunction& roots, int count,
                      const VectorXd& start, double function_tolerance) {
  ceres::TinySolver<RootCost> solver;
  solver.options.max_num_iterations = 300;
  solver.options.function_tolerance = function_tolerance;
  solver.options.cost_threshold = 1e-30;
  VectorXd point = start;
  solver.Solve(RootCost(roots, count, static_cast<int>(start.size())), &point);
  return point.allFinite() ? point : start;
}

LocalMinimum PolishByNewton(const SmoothObjective& objective,
                            const VectorXd& start) {
  LocalMinimum minimum;
  minimum.point = start;
  minimum.model = objective.model(start);
  if (start.size() == 0) return minimum;
  for (int step = 0; step < kNewtonSteps; ++step) {
    if (!minimum.model.finite()) break;
    if (!NewtonStep(objective, &minimum)) break;
  }
  minimum.newton_step = kInfinity;
  if (!minimum.model.finite()) return minimum;
  const ScaledModel quadratic(minimum.model);
  minimum.relative_curvature = quadratic.smallest() / quadratic.largest();
  minimum.newton_step = quadratic.StepSize();
  quadratic.scale.cwiseProduct(quadratic.eigen.eigenvectors().col(0))
      .cwiseAbs()
      .maxCoeff(&minimum.weakest);
  return minimum;
}

bool IsMinimum(const LocalMinimum& minimum) {
  return minimum.newton_step <= 1e-6;
}

bool SamePlace(const LocalMinimum& a, const LocalMinimum& b) {
  return a.point.size() == b.point.size() &&
         (a.point.size() == 0 ||
          (a.point - b.point).cwiseAbs().maxCoeff() < 1e-3);
}

int CountPlaces(std::span<const LocalMinimum> minima) {
  std::vector<const LocalMinimum*> places;
  for (const LocalMinimum& here : minima) {
    const bool known = std::ranges::any_of(
        places, [&](const auto* other) { return SamePlace(*other, here); });
    if (IsMinimum(here) && !known) places.push_back(&here);
  }
  return static_cast<int>(places.size());
}

double RelativeGradient(const LocalQuadratic& model) {
  if (model.gradient.size() == 0) return 0.0;
  return model.gradient.cwiseAbs()
      .cwiseQuotient(model.magnitude.array().max(1e-300).matrix())
      .maxCoeff();
}

std::optional<double> ConditionNumber(const MatrixXd& hessian,
                                      const VectorXd& curvature_scale,
                                      const MatrixXd& by_given) {
  if (hessian.size() == 0) return std::nullopt;
  const VectorXd scale = curvature_scale.array().rsqrt();
  const MatrixXd scaled = scale.asDiagonal() * hessian * scale.asDiagonal();
  const MatrixXd inverse =
      scale.asDiagonal() * scaled.inverse() * scale.asDiagonal();
  const MatrixXd back = by_given.inverse();
  const auto largest = [](const MatrixXd& symmetric) {
    return symmetric.selfadjointView<Eigen::Lower>().eigenvalues().maxCoeff();
  };
  const double number = largest(by_given.transpose() * hessian * by_given) *
                        largest(back * inverse * back.transpose());
  if (!std::isfinite(number) || !(number > 0.0)) return std::nullopt;
  return number;
}

}  // namespace isoflop
