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
  int breakdowns = 0;  // how often its worker has died or failed it
  std::optional<std::int64_t> micro_batch_tokens;  // smaller than configured
  std::string broke_on;  // device of the last breakdown; another is better
};

class GroupQueue {
 public:
  void Push(GroupTask task) { tasks_.push_back(std::move(task)); }

  /// Removes and returns the task that takes longest on `device`; those that
  /// broke before go first, so that a sweep's troubles show early.
  ///
  /// A task that broke on this device is left for another one while
  /// `others_work`. Returns nothing when there is no task for the device.
  std::optional<GroupTask> Pop(const std::string& device, bool others_work,
                               const CostModel& cost);

  bool empty() const { return tasks_.empty(); }
  const std::vector<GroupTask>& tasks() const { return tasks_; }

 private:
  std::vector<GroupTask> tasks_;
};

/// Returns the next smaller micro-batch: the largest number of sequences that
/// divides the batch and is at most half of `tokens`. Absent when that is one
/// sequence already.
std::optional<std::int64_t> SmallerMicroBatch(const RunGroup& group,
                                              std::int64_t tokens);

/// Returns the micro-batch that a task trains with.
std::int64_t MicroBatchOf(const GroupTask& task);

}  // namespace isoflop
