// The groups that wait for a slot, longest first.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/execute/cost_model.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// A group to be trained, and what has gone wrong with it so far.
struct GroupTask {
  const RunGroup* group = nullptr;
  std::int64_t tokens_left = 0;
  int breakdowns = 0;  // in a row, without getting further; see CountBreakdown
  std::optional<std::int64_t> furthest;  // fewest tokens left at a breakdown
  std::optional<std::int64_t> micro_batch_tokens;  // smaller than configured
  std::string broke_on;  // device of the last breakdown; another is better
};

class GroupQueue {
 public:
  void Push(GroupTask task) { tasks_.push_back(std::move(task)); }

  /// What is known of a device that asks for a task.
  struct Asker {
    std::string device;
    bool doubtful = false;     // nothing was trained on it since a breakdown
    bool others_work = false;  // there are other devices that work
  };

  /// Removes and returns the task that takes longest on the device; those that
  /// broke before go first, so that a sweep's troubles show early, but last on
  /// a doubtful device: fresh ones tell whether it is to blame.
  ///
  /// A task that broke on this device is left for another one while others
  /// work. Returns nothing when there is no task for the device.
  std::optional<GroupTask> Pop(const Asker& asker, const CostModel& cost);

  bool empty() const { return tasks_.empty(); }
  const std::vector<GroupTask>& tasks() const { return tasks_; }

 private:
  std::vector<GroupTask> tasks_;
};

/// Counts a breakdown of the task where it stands now. One that has got further
/// than at any breakdown before, by a hundredth of the group or more, is on its
/// first again: it is the machine that dies, not the group.
void CountBreakdown(GroupTask* task);

/// Returns the next smaller micro-batch: the largest number of sequences that
/// divides the batch and is at most half of `tokens`. Absent when that is one
/// sequence already.
std::optional<std::int64_t> SmallerMicroBatch(const RunGroup& group,
                                              std::int64_t tokens);

/// Returns the micro-batch that a task trains with.
std::int64_t MicroBatchOf(const GroupTask& task);

}  // namespace isoflop
