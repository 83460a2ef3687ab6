#include "analysis/fit/descent.h"

#include <ceres/tiny_solver.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

namespace isoflop {
namespace {

/// The objective as a sum of squares of residuals R_i = sign(r_i)
/// sqrt(2 w_i rho(r_i)), over the objective at the start. Levenberg-Marquardt
/// then goes down on the objective itself, however robust the penalty.
class RootedPenalties {
 public:
  using Scalar = double;
  enum { NUM_PARAMETERS = 5, NUM_RESIDUALS = Eigen::Dynamic };

  RootedPenalties(const ChinchillaObjective& objective, Face face, double unit)
      : objective_(objective), face_(face), scale_(std::sqrt(2.0 / unit)) {}

  int NumResiduals() const {
    return static_cast<int>(objective_.runs().size());
  }

  bool operator()(const double* point, double* residuals,
                  double* jacobian) const {
    return objective_.RootPenalties(
        face_, Eigen::Map<const Vector5>(point), scale_,
        {residuals, objective_.runs().size()}, jacobian);
  }

 private:
  const ChinchillaObjective& objective_;
  Face face_;
  double scale_;
};

/// Newton's quadratic model in units in which every coordinate matters alike.
struct ScaledModel {
  explicit ScaledModel(const LocalModel& model)
      : scale((model.reweighted.diagonal().array() + 1e-300).rsqrt()),
        gradient(scale.cwiseProduct(model.gradient)),
        eigen(scale.asDiagonal() * model.hessian * scale.asDiagonal()) {}

  double smallest() const { return eigen.eigenvalues()[0]; }
  double largest() const { return eigen.eigenvalues().cwiseAbs().maxCoeff(); }

  /// The step to the minimum of the model with its curvatures raised by
  /// `shift`, in coordinates.
  Vector5 Step(double shift) const {
    const Vector5 along = eigen.eigenvectors().transpose() * gradient;
    const Vector5 curvature = eigen.eigenvalues().array() + shift;
    return -scale.cwiseProduct(eigen.eigenvectors() *
                               along.cwiseQuotient(curvature));
  }

  /// The largest change of a coordinate on the way to the model's minimum;
  /// infinite when it has none.
  double StepSize() const {
    return smallest() > 0.0 ? Step(0.0).cwiseAbs().maxCoeff()
                            : std::numeric_limits<double>::infinity();
  }

  /// Whether the model is convex and its minimum hardly below `value`.
  bool OnlyRoundingLeft(double value) const {
    if (smallest() <= 0.0) return false;
    const Vector5 along = eigen.eigenvectors().transpose() * gradient;
    const double decrease =
        0.5 * along.cwiseAbs2().cwiseQuotient(eigen.eigenvalues()).sum();
    return decrease <= 1e-15 * std::abs(value);
  }

  Vector5 scale;
  Vector5 gradient;
  Eigen::SelfAdjointEigenSolver<Matrix5> eigen;
};

/// Whether `next` is lower, or as low to rounding and flatter.
bool Improves(const LocalModel& next, const LocalModel& model) {
  if (!std::isfinite(next.value) || !next.gradient.allFinite()) return false;
  const double rounding = 1e-14 * std::abs(model.value);
  if (next.value < model.value - rounding) return true;
  const Vector5 scale = (model.reweighted.diagonal().array() + 1e-300).rsqrt();
  return next.value <= model.value + rounding &&
         scale.cwiseProduct(next.gradient).norm() <
             0.9 * scale.cwiseProduct(model.gradient).norm();
}

/// Replaces the minimum by a better one along Newton's step; returns whether
/// there was one.
bool NewtonStep(const ChinchillaObjective& objective,
                PolishedMinimum* minimum) {
  constexpr double kRounding = 1e-15;
  const ScaledModel quadratic(minimum->model);
  if (quadratic.StepSize() < kRounding) return false;
  const double largest = quadratic.largest();
  const int shifts = quadratic.OnlyRoundingLeft(minimum->model.value) ? 1 : 12;
  double shift = std::max(0.0, 1e-10 * largest - 1.5 * quadratic.smallest());
  for (int attempt = 0; attempt < shifts; ++attempt) {
    const Vector5 point = minimum->point + quadratic.Step(shift);
    const LocalModel next = objective.ModelAt(minimum->face, point);
    if (Improves(next, minimum->model)) {
      minimum->point = point;
      minimum->model = next;
      return true;
    }
    shift = std::max(10.0 * shift, 1e-6 * largest);
  }
  return false;
}

}  // namespace

Vector5 Descend(const ChinchillaObjective& objective, Face face,
                const Vector5& start) {
  const double value = objective.Value(face, start);
  if (!std::isfinite(value) || !(value > 0.0)) return start;
  ceres::TinySolver<RootedPenalties> solver;
  solver.options.max_num_iterations = 200;
  solver.options.function_tolerance = 1e-6;  // the rest is Newton's
  solver.options.cost_threshold = 1e-30;
  Vector5 point = start;
  solver.Solve(RootedPenalties(objective, face, value), &point);
  return point;
}

PolishedMinimum Polish(const ChinchillaObjective& objective, Face face,
                       const Vector5& start) {
  constexpr int kSteps = 50;
  PolishedMinimum minimum{
      .face = face, .point = start, .model = objective.ModelAt(face, start)};
  for (int step = 0; step < kSteps; ++step) {
    if (!NewtonStep(objective, &minimum)) break;
  }
  const ScaledModel quadratic(minimum.model);
  minimum.relative_curvature = quadratic.smallest() / quadratic.largest();
  minimum.newton_step = quadratic.StepSize();
  return minimum;
}

}  // namespace isoflop
