#include "lib/execute/group_queue.h"

#include <utility>

namespace isoflop {

template <typename Admits>
GroupQueue::Position GroupQueue::First(const Asker& asker,
                                       const CostModel& cost, Admits admits) {
  auto best = tasks_.end();
  std::pair<int, double> best_rank;
  for (auto task = tasks_.begin(); task != tasks_.end(); ++task) {
    if (asker.others_work && task->broke_on == asker.device) continue;
    const std::pair rank(
        asker.doubtful ? -task->breakdowns : task->breakdowns,
        cost.Seconds(*task->group, asker.device, task->tokens_left));
    if (best != tasks_.end() && rank <= best_rank) continue;
    // Asked last, of the few that would be first: it takes longest.
    if (!admits(*task)) continue;
    best = task;
    best_rank = rank;
  }
  return best;
}

GroupTask GroupQueue::Take(Position task) {
  GroupTask taken = std::move(*task);
  tasks_.erase(task);
  return taken;
}

std::optional<GroupTask> GroupQueue::Pop(const Asker& asker,
                                         const CostModel& cost) {
  const auto all = [](const GroupTask&) { return true; };
  const Position first = First(asker, cost, all);
  if (first == tasks_.end()) return std::nullopt;
  // It is its turn now, whatever was before.
  first->overtook = false;
  if (asker.shared == nullptr || asker.shared->Admits(*first)) {
    return Take(first);
  }
  const auto next = First(asker, cost, [&](const GroupTask& task) {
    return &task != &*first && asker.shared->AdmitsBefore(task, *first);
  });
  if (next == tasks_.end()) return std::nullopt;
  next->overtook = true;
  return Take(next);
}

}  // namespace isoflop
