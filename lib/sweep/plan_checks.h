// Can the runs of a plan be trained as planned?

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns whether a run of so many steps has room for its warm-up, and for its
/// cooldown or a step of its cosine behind it.
bool HoldsSchedule(const TrainingConfig& training, std::int64_t steps);

/// Adds to `problems` how many runs do not hold their schedule, the shortest of
/// them by name, and which grid.tokens_range leaves them out. `file` is the
/// sweep file.
/// REQUIRES: the groups share a training config.
void CheckLengths(const std::vector<RunGroup>& groups, const std::string& file,
                  Problems* problems);

/// Adds to `problems` the longest run, by name, if `task` does not last for
/// it. `file` is the sweep file.
/// REQUIRES: the groups share a data config, that of `task`.
void CheckData(const std::vector<RunGroup>& groups, const Task& task,
               const std::string& file, Problems* problems);

}  // namespace isoflop
