// Where the descents of a generic fit begin.

#pragma once

#include <Eigen/Core>
#include <vector>

#include "analysis/fit/law_objective.h"

namespace isoflop {

/// Returns one start for each combination of the starting values of the
/// coefficients that are free and not linear; the linear ones come from least
/// squares of y_predicted / y on 1, and are not negative if they are to be
/// positive. A term that comes out as nothing is given 1 % of y. Starts at
/// which the objective has no value are left out. A model that gives its starts
/// has those. The same every time.
std::vector<Eigen::VectorXd> StartsOf(const LawObjective& objective);

}  // namespace isoflop
