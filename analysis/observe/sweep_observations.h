// From the records of a sweep to what a fit sees of it, and, where the sweep
// varies something, to recipes that can be compared.

#pragma once

#include <string>
#include <vector>

#include "analysis/observe/observation.h"
#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// How the runs of a plan ended.
struct RunTally {
  int planned = 0;
  int ok = 0;
  int diverged = 0;
  int failed = 0;

  int pending() const { return planned - ok - diverged - failed; }
};

/// Counts `results`, which are of runs of the plan.
RunTally Tally(const Plan& plan, const std::vector<RunResult>& results);

/// Returns one observation for each run that ended well, in the order of
/// `results`: L with its standard error, D, and N and C = 6ND by the plan's
/// convention. Runs of one group share a trunk. Where the sweep varies
/// something beside N and D, only the runs of BaseVariant(plan, sweep_file) are
/// taken: runs of different recipes lie on different laws. Notes say how many
/// runs are left out and why.
ObservationSet SweepObservations(const Plan& plan,
                                 const std::vector<RunResult>& results,
                                 const Json& sweep_file = Json::object());

/// Returns the settings of the variant whose values are those that the sweep
/// file's own sections give, {"model.position": "rotary"}; of the first variant
/// where none is; {} where nothing varies.
Json BaseVariant(const Plan& plan, const Json& sweep_file);

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
