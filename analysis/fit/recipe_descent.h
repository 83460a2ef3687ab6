// From a start to a minimum of a joint fit.

#pragma once

#include <Eigen/Core>

#include "analysis/fit/recipe_objective.h"
#include "analysis/fit/recipe_solver.h"

namespace isoflop {

/// Returns the point at which Levenberg-Marquardt from `start` stops.
Eigen::VectorXd Descend(const RecipeObjective& objective,
                        const Eigen::VectorXd& start);

/// Returns the minimum near `start` after Newton steps, with a shift where the
/// Hessian is not positive definite, until only rounding is left.
RecipeMinimum Polish(const RecipeObjective& objective,
                     const Eigen::VectorXd& start);

}  // namespace isoflop
