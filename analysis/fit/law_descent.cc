#include "analysis/fit/law_descent.h"

#include <ceres/tiny_solver.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kNewtonSteps = 50;

class RootedPenalties {
 public:
  using Scalar = double;
  static constexpr int NUM_PARAMETERS = Eigen::Dynamic;
  static constexpr int NUM_RESIDUALS = Eigen::Dynamic;

  RootedPenalties(const LawObjective& objective, double unit)
      : objective_(objective), scale_(std::sqrt(2.0 / unit)) {}

  int NumResiduals() const {
    return static_cast<int>(objective_.runs().size());
  }
  int NumParameters() const { return static_cast<int>(objective_.size()); }

  bool operator()(const double* z, double* residuals, double* jacobian) const {
    return objective_.RootPenalties(z, scale_, residuals, jacobian);
  }

 private:
  const LawObjective& objective_;
  double scale_;
};

/// What the penalties sum to where all residuals vanish.
double LeastValue(const LawObjective& objective) {
  double least = 0.0;
  for (const LawRun& run : objective.runs()) {
    least += run.weight * objective.penalty()(0.0).value;
  }
  return least;
}

VectorXd Descend(const LawObjective& objective, const VectorXd& start) {
  const double height = objective.Value(start) - LeastValue(objective);
  if (!std::isfinite(height) || !(height > 0.0)) return start;
  ceres::TinySolver<RootedPenalties> solver;
  solver.options.max_num_iterations = 200;
  solver.options.function_tolerance = 1e-8;  // the rest is Newton's
  solver.options.cost_threshold = 1e-30;
  VectorXd z = start;
  solver.Solve(RootedPenalties(objective, height), &z);
  return z.allFinite() ? z : start;
}

/// Newton's quadratic model in units in which every coordinate matters alike.
struct ScaledModel {
  explicit ScaledModel(const LawLocalModel& model)
      : scale((model.reweighted.diagonal().array() + 1e-300).rsqrt()),
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
  Eigen::SelfAdjointEigenSolver<MatrixXd> eigen;
};

/// Whether `next` is lower, or as low to rounding and flatter.
bool Improves(const LawLocalModel& next, const LawLocalModel& model) {
  if (!std::isfinite(next.value) || !next.gradient.allFinite()) return false;
  const double rounding = 1e-14 * std::abs(model.value);
  if (next.value < model.value - rounding) return true;
  const VectorXd scale = (model.reweighted.diagonal().array() + 1e-300).rsqrt();
  return next.value <= model.value + rounding &&
         scale.cwiseProduct(next.gradient).norm() <
             0.9 * scale.cwiseProduct(model.gradient).norm();
}

bool NewtonStep(const LawObjective& objective, LawMinimum* minimum) {
  const ScaledModel quadratic(minimum->model);
  if (quadratic.StepSize() < 1e-15) return false;
  const double largest = quadratic.largest();
  double shift = std::max(0.0, 1e-10 * largest - 1.5 * quadratic.smallest());
  for (int attempt = 0; attempt < 12; ++attempt) {
    const VectorXd z = minimum->z + quadratic.Step(shift);
    const double value = objective.Value(z);
    if (value <=
        minimum->model.value + 1e-14 * std::abs(minimum->model.value)) {
      LawLocalModel next = objective.ModelAt(z);
      if (Improves(next, minimum->model)) {
        minimum->z = z;
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

LawMinimum MinimiseFrom(const LawObjective& objective, const VectorXd& start) {
  LawMinimum minimum;
  minimum.z = objective.size() == 0 ? start : Descend(objective, start);
  minimum.model = objective.ModelAt(minimum.z);
  const bool finite = std::isfinite(minimum.model.value) &&
                      minimum.model.gradient.allFinite() &&
                      minimum.model.hessian.allFinite();
  if (!finite || objective.size() == 0) {
    if (!finite) {
      minimum.newton_step = std::numeric_limits<double>::infinity();
    }
    return minimum;
  }
  for (int step = 0; step < kNewtonSteps; ++step) {
    if (!NewtonStep(objective, &minimum)) break;
    if (!minimum.model.hessian.allFinite()) break;
  }
  if (!minimum.model.hessian.allFinite()) {
    minimum.newton_step = std::numeric_limits<double>::infinity();
    return minimum;
  }
  const ScaledModel quadratic(minimum.model);
  minimum.relative_curvature = quadratic.smallest() / quadratic.largest();
  minimum.newton_step = quadratic.StepSize();
  quadratic.scale.cwiseProduct(quadratic.eigen.eigenvectors().col(0))
      .cwiseAbs()
      .maxCoeff(&minimum.weakest);
  return minimum;
}

}  // namespace isoflop
