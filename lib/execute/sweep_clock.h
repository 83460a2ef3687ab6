// How far a sweep is, and how long it will take: estimated from what is left
// and from the rates that workers report.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/execute/cost_model.h"
#include "lib/execute/group_queue.h"
#include "lib/execute/progress.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// What one busy slot has left to do.
struct WorkLeft {
  const RunGroup* group = nullptr;
  std::string device;
  std::int64_t tokens = 0;
};

/// All times are in seconds of the monotonic clock, so setting the date changes
/// none.
class SweepClock {
 public:
  /// Starts now. REQUIRES: plan outlives the clock, slots is not empty.
  SweepClock(const Plan& plan, CostModel cost, const std::vector<Slot>& slots);

  const CostModel& cost() const { return cost_; }

  /// Takes in a rate that a worker has measured, with nothing beside that group
  /// or with others.
  void Observe(const WorkLeft& work, double tokens_per_second, bool alone) {
    cost_.Observe(*work.group, work.device, tokens_per_second, alone);
  }

  /// Returns the estimated seconds of an optimizer step.
  double StepSeconds(const RunGroup& group, const std::string& device) const {
    return cost_.Seconds(group, device, group.training.batch_tokens);
  }

  double ElapsedSeconds() const;

  /// What is still to be done.
  struct Work {
    const GroupQueue& queue;
    std::vector<WorkLeft> busy = {};
    std::vector<WorkLeft> aside = {};  // that will not be done this time
  };

  /// Fills in fraction, elapsed_seconds and seconds_left. Estimates anew once a
  /// second, and when nobody works any more; counts down in between.
  void Read(const Work& work, SweepProgress* progress);

 private:
  void Estimate(const Work& work);

  const Plan& plan_;
  CostModel cost_;
  std::vector<Slot> slots_;
  double start_;                        // monotonic seconds
  std::optional<double> estimated_at_;  // monotonic seconds
  double fraction_ = 0.0;
  std::optional<double> seconds_left_;
};

}  // namespace isoflop
