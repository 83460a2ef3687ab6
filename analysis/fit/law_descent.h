// From a start to a minimum of a LawObjective.

#pragma once

#include "analysis/fit/law_objective.h"
#include "analysis/fit/minimise.h"

namespace isoflop {

/// Returns the minimum that lies downhill of `start`.
LocalMinimum MinimiseFrom(const LawObjective& objective,
                          const Eigen::VectorXd& start);

}  // namespace isoflop
