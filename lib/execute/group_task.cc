#include "lib/execute/group_task.h"

#include <algorithm>

#include "lib/sweep/group_cost.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {

bool GotFurther(const GroupTask& task, std::int64_t tokens_left) {
  // The same fault strikes a few steps sooner or later each time.
  const std::int64_t margin = TokensTrained(*task.group) / 100;
  return tokens_left < task.furthest.value_or(task.tokens_left) - margin;
}

void NoteBreakdown(GroupTask* task) {
  // Before `furthest` moves, which is what it is compared with.
  if (GotFurther(*task, task->tokens_left)) task->breakdowns = 0;
  task->furthest =
      std::min(task->furthest.value_or(task->tokens_left), task->tokens_left);
}

void CountBreakdown(GroupTask* task) {
  NoteBreakdown(task);
  ++task->breakdowns;
}

bool MayTrainBesideOthers(const GroupTask& task) {
  return !task.alone && (!task.suspect || task.breakdowns == 0);
}

std::optional<std::int64_t> SmallerMicroBatch(const RunGroup& group,
                                              std::int64_t tokens) {
  const std::int64_t context = group.shape.context;
  const std::int64_t batch = group.training.batch_tokens / context;
  if (tokens / context <= 1) return std::nullopt;
  std::int64_t sequences = std::min(tokens / context / 2, batch);
  while (batch % sequences != 0) --sequences;
  return sequences * context;
}

std::int64_t MicroBatchOf(const GroupTask& task) {
  const TrainingConfig& training = task.group->training;
  return task.micro_batch_tokens.value_or(
      training.micro_batch_tokens.value_or(training.batch_tokens));
}

double EstimateGpuBytes(const GroupTask& task) {
  if (!task.micro_batch_tokens) {
    return EstimateMemoryBytes(*task.group, DeviceKind::kGpu);
  }
  RunGroup smaller = *task.group;
  smaller.training.micro_batch_tokens = task.micro_batch_tokens;
  return EstimateMemoryBytes(smaller, DeviceKind::kGpu);
}

}  // namespace isoflop
