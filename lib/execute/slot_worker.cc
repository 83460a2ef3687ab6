#include "lib/execute/slot_worker.h"

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <utility>

#include "lib/core/clock.h"
#include "lib/sweep/group_cost.h"
#include "lib/sweep/vary.h"

namespace isoflop {

SlotWorker::SlotWorker(Slot slot, std::shared_ptr<DeviceWorker> worker)
    : slot_(std::move(slot)), worker_(std::move(worker)) {}

void SlotWorker::Begin(const SweepDir& dir, GroupTask task) {
  assert(!busy());
  worker_->Train({.sweep_dir = std::filesystem::absolute(dir.root()).string(),
                  .group = task.group->id,
                  .device = device(),
                  .micro_batch_tokens = task.micro_batch_tokens});
  task_ = std::move(task);
  last_ = {};
  has_trained_ = false;
  had_others_ = false;
  heard_at_ = MonotonicSeconds();
}

GroupTask SlotWorker::End() {
  assert(busy());
  GroupTask task = *task_;
  // Whatever goes back into the queue lacks a little, a result at least.
  task.tokens_left = std::max<std::int64_t>(1, work_left().tokens);
  worker_->Forget(task.group->id);
  task_.reset();
  return task;
}

std::vector<WorkerEvent> SlotWorker::TakeEvents() {
  if (!busy()) return {};
  std::vector<WorkerEvent> events = worker_->TakeEvents(task_->group->id);
  for (const WorkerEvent& event : events) Note(event);
  return events;
}

void SlotWorker::Note(const WorkerEvent& event) {
  heard_at_ = MonotonicSeconds();
  has_trained_ = has_trained_ || event.tokens_per_second > 0.0;
  if (event.kind != WorkerEventKind::kProgress) return;
  last_ = event;
  if (GotFurther(*task_, work_left().tokens)) task_->suspect = false;
}

double SlotWorker::SilentSeconds() const {
  return MonotonicSeconds() - heard_at_;
}

SlotProgress SlotWorker::progress() const {
  SlotProgress shown;
  shown.device = device();
  if (!busy()) return shown;
  const auto total = static_cast<double>(TokensTrained(*task_->group));
  shown.group = task_->group->id;
  shown.run = last_.run;
  shown.variant = SettingsInWords(task_->group->variant);
  shown.fraction = 1.0 - static_cast<double>(work_left().tokens) / total;
  shown.loss = last_.loss;
  shown.tokens_per_second = last_.tokens_per_second;
  return shown;
}

WorkLeft SlotWorker::work_left() const {
  assert(busy());
  const std::int64_t tokens = TokensTrained(*task_->group) - last_.tokens_done;
  return {task_->group, device(), std::max<std::int64_t>(0, tokens)};
}

}  // namespace isoflop
