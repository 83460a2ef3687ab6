// From a start to a minimum of any smooth objective: Ceres' Levenberg-Marquardt
// (TinySolver) on roots whose squares sum to it, then Newton's method to the
// last digit; and what a certificate says of where that ends.

#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>

namespace isoflop {

/// An objective near a point.
struct LocalQuadratic {
  double value = 0.0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;

  /// The scale of each coordinate: the diagonal of Gauss and Newton's Hessian,
  /// by squares that touch the penalties (Penalty::SquareWeight).
  Eigen::VectorXd curvature_scale;

  /// Sums of the magnitudes of the gradient's terms, for the certificate.
  Eigen::VectorXd magnitude;

  bool finite() const;
};

/// A minimum and how well it has been reached.
struct LocalMinimum {
  Eigen::VectorXd point;
  LocalQuadratic model;  // at `point`

  /// Smallest over largest eigenvalue of the Hessian in units of
  /// `curvature_scale`; 1 without coordinates. Not positive: no strict minimum.
  double relative_curvature = 1.0;

  /// Largest change of a coordinate by one more Newton step; infinite where the
  /// Hessian is not positive definite.
  double newton_step = 0.0;
  Eigen::Index weakest = 0;  // coordinate with the largest part in the flattest
                             // direction

  /// The objective; infinite when it is not a number.
  double value() const;
};

/// An objective as a search sees it.
struct SmoothObjective {
  std::function<LocalQuadratic(const Eigen::VectorXd& point)> model;

  /// The objective less the least that it could be, which is a sum of squares
  /// R_i^2; its gradient; and 2 J^T J, J = dR / d(point), as the Hessian.
  std::function<LocalQuadratic(const Eigen::VectorXd& point)> roots;

  double floor = 0.0;  // the least that the objective could be
};

/// Returns the point at which Levenberg and Marquardt's method on the roots R
/// stops: where a step changes the sum of their squares by less than
/// `function_tolerance` times half of that sum at the start, or the point by a
/// relative 1e-8. A start far above the minimum is left early, so that Newton's
/// method should follow. All it needs of the roots is J^T J, J^T R and R^T R:
/// of however many runs, it is given as few roots as there are coordinates and
/// one, with the same.
Eigen::VectorXd Descend(const SmoothObjective& objective,
                        const Eigen::VectorXd& start,
                        double function_tolerance);

/// When Newton's method stops: after so many steps, or when the next would move
/// no coordinate by `settled`.
struct NewtonLimits {
  int steps = 50;
  double settled = 1e-15;
};

/// Returns the minimum near `start` after Newton steps, with a shift where the
/// Hessian is not positive definite, until only rounding is left or a limit is
/// reached.
LocalMinimum PolishByNewton(const SmoothObjective& objective,
                            const Eigen::VectorXd& start,
                            const NewtonLimits& limits = {});

/// Whether a point is a minimum but for its last digits.
bool IsMinimum(const LocalMinimum& minimum);

/// Certificate::gradient_norm.
double RelativeGradient(const LocalQuadratic& model);

/// Returns Certificate::condition_number, of the Hessian in other coefficients
/// with `by_given` = d(coordinates) / d(those coefficients): the largest
/// eigenvalue times that of the inverse, each from factors in which the Hessian
/// is well conditioned. Nothing when it is not a positive number.
std::optional<double> ConditionNumber(const Eigen::MatrixXd& hessian,
                                      const Eigen::VectorXd& curvature_scale,
                                      const Eigen::MatrixXd& by_given);

}  // namespace isoflop
