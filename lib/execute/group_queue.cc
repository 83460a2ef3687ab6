#include "lib/execute/group_queue.h"

#include <algorithm>
#include <utility>

namespace isoflop {

std::optional<GroupTask> GroupQueue::Pop(const Asker& asker,
                                         const CostModel& cost) {
  auto best = tasks_.end();
  std::pair<int, double> best_rank;
  for (auto task = tasks_.begin(); task != tasks_.end(); ++task) {
    if (asker.others_work && task->broke_on == asker.device) continue;
    const std::pair rank(
        asker.doubtful ? -task->breakdowns : task->breakdowns,
        cost.Seconds(*task->group, asker.device, task->tokens_left));
    if (best != tasks_.end() && rank <= best_rank) continue;
    best = task;
    best_rank = rank;
  }
  if (best == tasks_.end()) return std::nullopt;
  GroupTask popped = std::move(*best);
  tasks_.erase(best);
  return popped;
}

void CountBreakdown(GroupTask* task) {
  const std::int64_t margin = TokensTrained(*task->group) / 100;
  const std::int64_t before = task->furthest.value_or(task->tokens_left);
  if (task->tokens_left < before - margin) task->breakdowns = 0;
  task->furthest = std::min(before, task->tokens_left);
  ++task->breakdowns;
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

}  // namespace isoflop
