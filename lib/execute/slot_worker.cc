#include "lib/execute/slot_worker.h"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "lib/core/clock.h"
#include "lib/core/error.h"

namespace isoflop {

SlotWorker::SlotWorker(Slot slot, std::filesystem::path worker,
                       std::filesystem::path log)
    : slot_(std::move(slot)),
      worker_(std::move(worker)),
      log_path_(std::move(log)) {}

void SlotWorker::Begin(const SweepDir& dir, GroupTask task) {
  assert(!busy());
  if (!process_) {
    log_ = std::make_unique<WorkerLog>(log_path_);
    process_ = std::make_unique<WorkerProcess>(
        worker_, std::vector<std::string>{"serve"}, log_->descriptor());
  }
  const TrainCommand command{
      .sweep_dir = std::filesystem::absolute(dir.root()).string(),
      .group = task.group->id,
      .device = device(),
      .micro_batch_tokens = task.micro_batch_tokens};
  // A worker that does not take the command is about to be found dead.
  process_->Send(ToJson(command).dump());
  task_ = std::move(task);
  last_ = {};
  has_trained_ = false;
  heard_at_ = MonotonicSeconds();
}

GroupTask SlotWorker::End() {
  assert(busy());
  GroupTask task = *task_;
  task.tokens_left = std::max<std::int64_t>(1, work_left().tokens);
  task_.reset();
  return task;
}

bool SlotWorker::Concerns(const WorkerEvent& event) const {
  return event.kind == WorkerEventKind::kStopped ||
         (busy() && event.group == task_->group->id);
}

std::vector<WorkerEvent> SlotWorker::TakeEvents() {
  std::vector<WorkerEvent> events;
  if (!process_) return events;
  for (const std::string& line : process_->ReadLines()) {
    try {
      WorkerEvent event = ParseWorkerEvent(line);
      if (!Concerns(event)) continue;
      heard_at_ = MonotonicSeconds();
      if (event.kind == WorkerEventKind::kProgress) last_ = event;
      has_trained_ = has_trained_ || event.tokens_per_second > 0.0;
      events.push_back(std::move(event));
    } catch (const Error&) {
      // Some library talks on standard output. That is no reason to stop.
      const std::string note = "(on standard output) " + line + "\n";
      [[maybe_unused]] const ssize_t written =
          ::write(log_->descriptor(), note.data(), note.size());
    }
  }
  return events;
}

double SlotWorker::SilentSeconds() const {
  return MonotonicSeconds() - heard_at_;
}

std::string SlotWorker::Bury() {
  assert(has_worker() && WorkerEnded());
  const std::string end = DescribeEnd(*process_->Ended());
  const std::string tail = log_->Tail();
  process_.reset();
  return "its worker " + end + (tail.empty() ? "" : "; its log ends: " + tail);
}

void SlotWorker::AskToStop() {
  if (process_) process_->CloseInput();
}

void SlotWorker::Discard() { process_.reset(); }

SlotProgress SlotWorker::progress() const {
  SlotProgress shown;
  shown.device = device();
  if (!busy()) return shown;
  const auto total = static_cast<double>(TokensTrained(*task_->group));
  shown.group = task_->group->id;
  shown.run = last_.run;
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
