// From a start to a minimum of a joint fit.

#pragma once

#include "analysis/fit/minimise.h"
#include "analysis/fit/recipe_objective.h"

namespace isoflop {

/// Returns the minimum that lies downhill of `start`.
LocalMinimum MinimiseFrom(const RecipeObjective& objective,
                          const Eigen::VectorXd& start);

}  // namespace isoflop
