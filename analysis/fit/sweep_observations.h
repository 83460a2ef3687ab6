// From the records of a sweep to what a fit sees of it.

#pragma once

#include <vector>

#include "analysis/fit/observation.h"
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
/// convention. Runs of one group share a trunk. Notes say how many runs are
/// left out and why, and what varies beside N and D.
ObservationSet SweepObservations(const Plan& plan,
                                 const std::vector<RunResult>& results);

}  // namespace isoflop
