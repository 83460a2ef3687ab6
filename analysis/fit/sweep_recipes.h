// From a sweep that varies something to recipes that can be compared.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/labelled_observations.h"
#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns `axis`, or when it is empty the only axis that the plan varies.
/// Throws Error naming the axes when it is none of them, when there are several
/// to choose from, and when the plan varies nothing.
std::string RequireAxis(const Plan& plan, const std::string& axis);

/// Returns the observations of a sweep, each labelled with its value of the
/// axis; where other axes vary too, of their base values only
/// (SweepObservations). REQUIRES: `axis` is one of the plan's.
LabelledObservations SweepRecipes(const Plan& plan,
                                  const std::vector<RunResult>& results,
                                  const std::string& axis,
                                  const Json& sweep_file = Json::object());

}  // namespace isoflop
