#include "analysis/fit/recipe_descent.h"

#include <ceres/tiny_solver.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace isoflop {
namespace {

using Eigen::VectorXd;

/// The objective as a sum of squares, over the objective at the start.
class RootedPenalties {
 public:
  using Scalar = double;
  static constexpr int NUM_PARAMETERS = Eigen::Dynamic;
  static constexpr int NUM_RESIDUALS = Eigen::Dynamic;

  RootedPenalties(const RecipeObjective& objective, double unit)
      : objective_(objective), scale_(std::sqrt(2.0 / unit)) {}

  int NumResiduals() const { return objective_.runs(); }
  int NumParameters() const { return objective_.layout().size(); }

  bool operator()(const double* point, double* residuals,
                  double* jacobian) const {
    const Eigen::Map<const VectorXd> at(point, NumParameters());
    return objective_.RootPenalties(at, scale_, residuals, jacobian);
  }

 private:
  const RecipeObjective& objective_;
  double scale_;
};

/// Newton's quadratic model in units in which every parameter matters alike.
struct ScaledModel {
  explicit ScaledModel(const RecipeModel& model)
      : scale((model.curvature_scale.array() + 1e-300).rsqrt()),
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
    return smallest() > 0.0 ? Step(0.0).cwiseAbs().maxCoeff()
                            : std::numeric_limits<double>::infinity();
  }

  VectorXd scale;
  VectorXd gradient;
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen;
};

/// Whether `next` is lower, or as low to rounding and flatter.
bool Improves(const RecipeModel& next, const RecipeModel& model,
              const VectorXd& scale) {
  if (!std::isfinite(next.value) || !next.gradient.allFinite()) return false;
  const double rounding = 1e-14 * std::abs(model.value);
  if (next.value < model.value - rounding) return true;
  return next.value <= model.value + rounding &&
         scale.cwiseProduct(next.gradient).norm() <
             0.9 * scale.cwiseProduct(model.gradient).norm();
}

/// Replaces the minimum by a better one along Newton's step; returns whether
/// there was one.
bool NewtonStep(const RecipeObjective& objective, RecipeMinimum* minimum) {
  constexpr double kNoStep = 1e-15;
  constexpr int kShifts = 12;
  const ScaledModel quadratic(minimum->model);
  if (quadratic.StepSize() < kNoStep) return false;
  const double largest = quadratic.largest();
  double shift = std::max(0.0, 1e-10 * largest - 1.5 * quadratic.smallest());
  for (int attempt = 0; attempt < kShifts; ++attempt) {
    const VectorXd point = minimum->point + quadratic.Step(shift);
    RecipeModel next = objective.ModelAt(point);
    if (Improves(next, minimum->model, quadratic.scale)) {
      minimum->point = point;
      minimum->model = std::move(next);
      return true;
    }
    shift = std::max(10.0 * shift, 1e-6 * largest);
  }
  return false;
}

}  // namespace

VectorXd Descend(const RecipeObjective& objective, const VectorXd& start) {
  const double value = objective.Value(start);
  if (!std::isfinite(value) || !(value > 0.0)) return start;
  ceres::TinySolver<RootedPenalties> solver;
  solver.options.max_num_iterations = 200;
  solver.options.function_tolerance = 1e-6;  // the rest is Newton's
  solver.options.cost_threshold = 1e-30;
  VectorXd point = start;
  solver.Solve(RootedPenalties(objective, value), &point);
  return point;
}

RecipeMinimum Polish(const RecipeObjective& objective, const VectorXd& start) {
  constexpr int kSteps = 50;
  RecipeMinimum minimum;
  minimum.point = start;
  minimum.model = objective.ModelAt(start);
  for (int step = 0; step < kSteps; ++step) {
    if (!minimum.model.hessian.allFinite()) break;
    if (!NewtonStep(objective, &minimum)) break;
  }
  minimum.newton_step = std::numeric_limits<double>::infinity();
  if (!minimum.model.hessian.allFinite()) return minimum;
  const ScaledModel quadratic(minimum.model);
  minimum.relative_curvature = quadratic.smallest() / quadratic.largest();
  minimum.newton_step = quadratic.StepSize();
  return minimum;
}

}  // namespace isoflop
