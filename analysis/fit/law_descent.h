// From a start to a minimum of a LawObjective: Ceres' Levenberg-Marquardt on
// the rooted penalties, then Newton's method to the last digit.

#pragma once

#include "analysis/fit/law_objective.h"

namespace isoflop {

/// A minimum and how well it has been reached.
struct LawMinimum {
  Eigen::VectorXd z;
  LawLocalModel model;  // at z

  /// Smallest over largest eigenvalue of the Hessian with unit-scaled diagonal
  /// of `reweighted`; 1 without coordinates. Not positive: no strict minimum.
  double relative_curvature = 1.0;

  /// Largest change of a coordinate by one more Newton step, and which one;
  /// infinite where the Hessian is not positive definite.
  double newton_step = 0.0;
  Eigen::Index weakest = 0;  // coordinate with the largest part in the flattest
                             // direction
};

/// Returns the minimum that lies downhill of `start`.
LawMinimum MinimiseFrom(const LawObjective& objective,
                        const Eigen::VectorXd& start);

}  // namespace isoflop
