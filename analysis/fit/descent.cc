#include "analysis/fit/descent.h"

#include <ceres/tiny_solver.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace isoflop {
namespace {

constexpr double kSmallestStep = 1e-15;

/// The objective less its floor as a sum of squares of residuals R_i, over its
/// value at the start, as a function of the way along the directions of a face.
class RootedPenalties {
 public:
  using Scalar = double;
  static constexpr int NUM_PARAMETERS = 5;
  static constexpr int NUM_RESIDUALS = Eigen::Dynamic;

  RootedPenalties(const ChinchillaObjective& objective, const Face& face,
                  const Vector5& start, double unit)
      : objective_(objective),
        face_(face),
        start_(start),
        scale_(std::sqrt(2.0 / unit)),
        roots_(objective.root_count()),
        jacobian_(5 * objective.root_count()) {}

  int NumResiduals() const { return static_cast<int>(objective_.root_count()); }

  /// The solver asks for residuals, and for those and the Jacobian at the same
  /// point when it goes there, which it mostly does: both are computed at once.
  bool operator()(const double* way, double* residuals,
                  double* jacobian) const {
    const Vector5 here = Eigen::Map<const Vector5>(way);
    if (!(here == at_)) {
      at_ = here;
      finite_ = objective_.RootPenalties(face_, At(here), scale_, roots_,
                                         jacobian_.data());
    }
    std::ranges::copy(roots_, residuals);
    if (jacobian != nullptr) std::ranges::copy(jacobian_, jacobian);
    return finite_;
  }

  Vector5 At(const Vector5& way) const {
    return start_ + face_.directions * way;
  }

 private:
  const ChinchillaObjective& objective_;
  const Face& face_;
  Vector5 start_;
  double scale_;

  // What was computed last, and where.
  mutable Vector5 at_ = Vector5::Constant(std::nan(""));
  mutable bool finite_ = false;
  mutable std::vector<double> roots_;
  mutable std::vector<double> jacobian_;
};

/// Newton's quadratic model in units in which every coordinate matters alike.
struct ScaledModel {
  explicit ScaledModel(const LocalModel& model)
      : scale((model.reweighted.array() + 1e-300).rsqrt()),
        gradient(scale.cwiseProduct(model.gradient)),
        eigen(scale.asDiagonal() * model.hessian * scale.asDiagonal()) {}

  double smallest() const { return eigen.eigenvalues()[0]; }
  double largest() const { return eigen.eigenvalues().cwiseAbs().maxCoeff(); }

  /// The step to the minimum of the model with its curvatures raised by
  /// `shift`, along the directions.
  Vector5 Step(double shift) const {
    const Vector5 along = eigen.eigenvectors().transpose() * gradient;
    const Vector5 curvature = eigen.eigenvalues().array() + shift;
    return -scale.cwiseProduct(eigen.eigenvectors() *
                               along.cwiseQuotient(curvature));
  }

  /// The largest change along a direction on the way to the model's minimum;
  /// infinite when it has none.
  double StepSize() const {
    return smallest() > 0.0 ? Step(0.0).cwiseAbs().maxCoeff()
                            : std::numeric_limits<double>::infinity();
  }

  /// Whether the model is convex and its minimum less than `rounding` below.
  bool OnlyRoundingLeft(double rounding) const {
    if (smallest() <= 0.0) return false;
    const Vector5 along = eigen.eigenvectors().transpose() * gradient;
    const double decrease =
        0.5 * along.cwiseAbs2().cwiseQuotient(eigen.eigenvalues()).sum();
    return decrease <= rounding;
  }

  Vector5 scale;
  Vector5 gradient;
  Eigen::SelfAdjointEigenSolver<Matrix5> eigen;
};

/// Whether `next` is lower, or as low to rounding and flatter.
bool Improves(const LocalModel& next, const LocalModel& model,
              double rounding) {
  if (!std::isfinite(next.value) || !next.gradient.allFinite()) return false;
  if (next.value < model.value - rounding) return true;
  const Vector5 scale = (model.reweighted.array() + 1e-300).rsqrt();
  return next.value <= model.value + rounding &&
         scale.cwiseProduct(next.gradient).norm() <
             0.9 * scale.cwiseProduct(model.gradient).norm();
}

/// Replaces the minimum by a better one along Newton's step; returns whether
/// there was one.
bool NewtonStep(const ChinchillaObjective& objective, double rounding,
                PolishedMinimum* minimum) {
  const ScaledModel quadratic(minimum->model);
  if (quadratic.StepSize() < kSmallestStep) return false;
  const double largest = quadratic.largest();
  const int shifts = quadratic.OnlyRoundingLeft(rounding) ? 1 : 12;
  double shift = std::max(0.0, 1e-10 * largest - 1.5 * quadratic.smallest());
  for (int attempt = 0; attempt < shifts; ++attempt) {
    const Vector5 point =
        minimum->point + minimum->face.directions * quadratic.Step(shift);
    const LocalModel next = objective.ModelAt(minimum->face, point);
    if (Improves(next, minimum->model, 10.0 * rounding)) {
      minimum->point = point;
      minimum->model = next;
      return true;
    }
    shift = std::max(10.0 * shift, 1e-6 * largest);
  }
  return false;
}

}  // namespace

Vector5 Descend(const ChinchillaObjective& objective, const Face& face,
                const Vector5& start) {
  const double excess = objective.Value(face.chart, start) - objective.Floor();
  if (!std::isfinite(excess) || !(excess > 0.0)) return start;
  const RootedPenalties roots(objective, face, start, excess);
  ceres::TinySolver<RootedPenalties> solver;
  solver.options.max_num_iterations = 200;
  solver.options.function_tolerance = 1e-6;  // the rest is Newton's
  solver.options.cost_threshold = 1e-30;
  Vector5 way = Vector5::Zero();
  solver.Solve(roots, &way);
  return roots.At(way);
}

PolishedMinimum Polish(const ChinchillaObjective& objective, const Face& face,
                       const Vector5& start) {
  constexpr int kSteps = 50;
  PolishedMinimum minimum{
      .face = face, .point = start, .model = objective.ModelAt(face, start)};
  const double rounding = kSmallestStep * (std::abs(minimum.model.value) +
                                           std::abs(objective.Floor()));
  for (int step = 0; step < kSteps; ++step) {
    if (!NewtonStep(objective, rounding, &minimum)) break;
  }
  const ScaledModel quadratic(minimum.model);
  minimum.relative_curvature = quadratic.smallest() / quadratic.largest();
  minimum.newton_step = quadratic.StepSize();
  return minimum;
}

}  // namespace isoflop
