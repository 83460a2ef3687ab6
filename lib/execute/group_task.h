// A group to be trained, and what has gone wrong with it so far.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/sweep/plan.h"

namespace isoflop {

struct GroupTask {
  const RunGroup* group = nullptr;
  std::int64_t tokens_left = 0;
  int breakdowns = 0;  // in a row, without getting further; see CountBreakdown
  std::optional<std::int64_t> furthest = {};  // fewest tokens left at a
                                              // breakdown
  std::optional<std::int64_t> micro_batch_tokens = {};  // smaller than
                                                        // configured
  std::string cause = {};     // of the last breakdown that it is charged with
  std::string broke_on = {};  // device of the last breakdown; another is better

  // Of groups that share a worker:
  bool suspect = false;   // was in work when that broke down, and has not got
                          // further since: nothing may join it
  bool alone = false;     // ran out of memory beside others: wants none
  bool overtook = false;  // began before another whose turn it was
};

/// Notes where the task stands at a breakdown of its worker, which may be due
/// to another group. One that has got further than at any before, by a
/// hundredth of the group or more, has a clean record again: it is the machine
/// that dies, not the group.
void NoteBreakdown(GroupTask* task);

/// Notes a breakdown and counts it against the task.
void CountBreakdown(GroupTask* task);

/// Whether a task with `tokens_left` is further than at any breakdown.
bool GotFurther(const GroupTask& task, std::int64_t tokens_left);

/// Whether the task may begin beside others at all: not where memory did not
/// suffice for that, and not when the next breakdown would make it fail.
bool MayTrainBesideOthers(const GroupTask& task);

/// Returns the next smaller micro-batch: the largest number of sequences that
/// divides the batch and is at most half of `tokens`. Absent when that is one
/// sequence already.
std::optional<std::int64_t> SmallerMicroBatch(const RunGroup& group,
                                              std::int64_t tokens);

/// Returns the micro-batch that a task trains with.
std::int64_t MicroBatchOf(const GroupTask& task);

/// Returns the bytes of GPU memory that a task is estimated to take.
double EstimateGpuBytes(const GroupTask& task);

}  // namespace isoflop
