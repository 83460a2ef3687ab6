// From a start to a minimum of any smooth objective: Ceres' Levenberg-Marquardt
// (TinySolver) on roots whose squares sum to it, then Newton's method to the
// last digit; and what a certificate says of where that ends.

#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <span>

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

/// Writes roots R_i and, unless null, dR_i / d(coordinate j) column by column.
/// Returns whether all are finite.
using RootFunction =
    std::function<bool(const double* point, double* roots, double* jacobian)>;

/// Returns the point at which Levenberg-Marquardt on so many roots stops, by a
/// relative change of their squares or of the point.
Eigen::VectorXd DescendRoots(const RootFunction& roots, int count,
                             const Eigen::VectorXd& start,
                             double function_tolerance);

/// An objective by its value alone, and with its derivatives.
struct SmoothObjective {
  std::function<double(const Eigen::VectorXd& point)> value;
  std::function<LocalQuadratic(const Eigen::VectorXd& point)> model;
};

/// Returns the minimum near `start` after Newton steps, with a shift where the
/// Hessian is not positive definite, until only rounding is left.
LocalMinimum PolishByNewton(const SmoothObjective& objective,
                            const Eigen::VectorXd& start);

/// Whether a point is a minimum but for its last digits.
bool IsMinimum(const LocalMinimum& minimum);

/// Whether coordinates differ by less than 1e-3.
bool SamePlace(const LocalMinimum& a, const LocalMinimum& b);

/// Returns at how many different places those that are minima lie.
int CountPlaces(std::span<const LocalMinimum> minima);

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
