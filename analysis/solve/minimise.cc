#include "analysis/solve/minimise.h"

#include <ceres/tiny_solver.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/solve/limits.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The roots of an objective, over the square root of half its value at the
/// start: TinySolver of Ceres 2.1 compares a change of the squares with its
/// function_tolerance as it is, although its comments call that relative to the
/// cost, and its other limits are absolute too. With J^T J = P^T L D L^T P the
/// rows of D^(1/2) L^T P stand for J; one more root, without derivatives, makes
/// up for what those rows cannot have of R^T R.
class FewRoots {
 public:
  using Scalar = double;
  static constexpr int NUM_PARAMETERS = Eigen::Dynamic;
  static constexpr int NUM_RESIDUALS = Eigen::Dynamic;

  FewRoots(const SmoothObjective& objective, int parameters, double unit)
      : objective_(objective), parameters_(parameters), unit_(unit) {}

  int NumResiduals() const { return parameters_ + 1; }
  int NumParameters() const { return parameters_; }

  /// The solver asks for roots, and for those and the Jacobian at the same
  /// point when it goes there, which it mostly does: both are computed at once.
  bool operator()(const double* point, double* roots, double* jacobian) const {
    const VectorXd here = Eigen::Map<const VectorXd>(point, parameters_);
    if (at_.size() == 0 || here != at_) Evaluate(here);
    std::copy_n(roots_.data(), roots_.size(), roots);
    if (jacobian != nullptr) {
      std::copy_n(jacobian_.data(), jacobian_.size(), jacobian);
    }
    return finite_;
  }

 private:
  void Evaluate(const VectorXd& here) const {
    at_ = here;
    roots_ = VectorXd::Zero(parameters_ + 1);
    jacobian_ = MatrixXd::Zero(parameters_ + 1, parameters_);
    const LocalQuadratic model = objective_.roots(here);
    finite_ = model.finite();
    if (!finite_) {
      roots_.setConstant(kInfinity);  // the solver does not ask whether it is
      return;
    }
    factors_.compute(model.hessian / unit_);
    const auto& transpositions = factors_.transpositionsP();
    VectorXd half = transpositions * (model.gradient / unit_);
    factors_.matrixL().solveInPlace(half);
    const VectorXd diagonal = factors_.vectorD();
    const double least = 1e-28 * diagonal.cwiseAbs().maxCoeff();
    for (Eigen::Index i = 0; i < parameters_; ++i) {
      if (!(diagonal[i] > least)) continue;
      const double root = std::sqrt(diagonal[i]);
      jacobian_(i, i) = root;
      for (Eigen::Index j = i + 1; j < parameters_; ++j) {
        jacobian_(i, j) = root * factors_.matrixLDLT()(j, i);
      }
      roots_[i] = half[i] / root;
    }
    // Eigen takes the transpose for a product from the right.
    jacobian_ = jacobian_ * transpositions.transpose();
    const double rest = 2.0 * model.value / unit_ - roots_.squaredNorm();
    roots_[parameters_] = std::sqrt(std::max(rest, 0.0));
  }

  const SmoothObjective& objective_;
  int parameters_;
  double unit_;

  // What was computed last, and where.
  mutable VectorXd at_;
  mutable bool finite_ = false;
  mutable Eigen::LDLT<MatrixXd> factors_;
  mutable VectorXd roots_;
  mutable MatrixXd jacobian_;
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

  /// Whether the model is convex and its minimum less than `rounding` below.
  bool OnlyRoundingLeft(double rounding) const {
    if (smallest() <= 0.0) return false;
    const VectorXd along = eigen.eigenvectors().transpose() * gradient;
    return 0.5 * along.cwiseAbs2().cwiseQuotient(eigen.eigenvalues()).sum() <=
           rounding;
  }

  VectorXd scale;
  VectorXd gradient;
  Eigen::SelfAdjointEigenSolver<MatrixXd> eigen;
};

/// Whether `next` is lower, or as low to rounding and flatter.
bool Improves(const LocalQuadratic& next, const LocalQuadratic& model,
              double rounding) {
  if (!std::isfinite(next.value) || !next.gradient.allFinite()) return false;
  if (next.value < model.value - rounding) return true;
  const VectorXd scale = UnitsOf(model);
  return next.value <= model.value + rounding &&
         scale.cwiseProduct(next.gradient).norm() <
             0.9 * scale.cwiseProduct(model.gradient).norm();
}

/// Replaces the minimum by a better one along Newton's step; returns whether
/// there was one.
bool NewtonStep(const SmoothObjective& objective, double rounding,
                double settled, LocalMinimum* minimum) {
  const ScaledModel quadratic(minimum->model);
  if (quadratic.StepSize() < settled) return false;
  const double largest = quadratic.largest();
  const int shifts = quadratic.OnlyRoundingLeft(rounding) ? 1 : 12;
  double shift = std::max(0.0, 1e-10 * largest - 1.5 * quadratic.smallest());
  for (int attempt = 0; attempt < shifts; ++attempt) {
    const VectorXd point = minimum->point + quadratic.Step(shift);
    LocalQuadratic next = objective.model(point);
    if (Improves(next, minimum->model, 10.0 * rounding)) {
      minimum->point = point;
      minimum->model = std::move(next);
      return true;
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

VectorXd Descend(const SmoothObjective& objective, const VectorXd& start,
                 double function_tolerance) {
  if (start.size() == 0) return start;
  const double height = objective.roots(start).value;
  if (!std::isfinite(height) || !(height > 0.0)) return start;
  ceres::TinySolver<FewRoots> solver;
  solver.options.max_num_iterations = 300;
  solver.options.function_tolerance = function_tolerance;
  solver.options.cost_threshold = 1e-30;
  VectorXd point = start;
  const FewRoots roots(objective, static_cast<int>(start.size()), height);
  solver.Solve(roots, &point);
  return point.allFinite() ? point : start;
}

LocalMinimum PolishByNewton(const SmoothObjective& objective,
                            const VectorXd& start, const NewtonLimits& limits) {
  LocalMinimum minimum;
  minimum.point = start;
  minimum.model = objective.model(start);
  if (start.size() == 0) return minimum;
  // Of the sum, and of the residuals that the penalties are of.
  const double rounding =
      1e-15 * (std::abs(minimum.model.value) + std::abs(objective.floor)) +
      1e-16 * minimum.model.magnitude.maxCoeff();
  for (int step = 0; step < limits.steps; ++step) {
    if (!minimum.model.finite()) break;
    if (!NewtonStep(objective, rounding, limits.settled, &minimum)) break;
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
