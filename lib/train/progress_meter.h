// Counts what a group has trained, for those who watch.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/record/group_status.h"
#include "lib/sweep/plan.h"

namespace isoflop {

class ProgressMeter {
 public:
  /// REQUIRES: `group` outlives the meter.
  explicit ProgressMeter(const RunGroup& group);

  /// Counts the runs of the group that are not in `pending` as trained.
  void Start(const std::vector<PlannedRun>& pending);

  void RunEnded(const PlannedRun& run);

  /// Takes note that an update was made: number `step`, counted from 1, of
  /// `branch` or (null) of the trunk. Returns the state of things twice a
  /// second, and nothing in between.
  std::optional<GroupStatus> Update(const PlannedRun* branch, std::int64_t step,
                                    std::optional<double> loss);

 private:
  const RunGroup& group_;
  std::int64_t tokens_total_;
  std::int64_t cooldown_tokens_ = 0;  // of runs that have ended
  std::int64_t updates_ = 0;          // since last_shown_
  double last_shown_;                 // monotonic seconds
};

}  // namespace isoflop
