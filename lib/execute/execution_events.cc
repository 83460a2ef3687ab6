#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/core/text.h"
#include "lib/execute/execution.h"

namespace isoflop {
namespace {

constexpr double kStallSteps = 100.0;  // estimated steps of silence allowed
constexpr int kBreakdownsToFail = 2;   // one retry, without getting further

}  // namespace

void Execution::Serve(SlotWorker* slot) {
  // Asked first: what it said before its end is then all there to be read.
  const bool ended = slot->WorkerEnded();
  for (const WorkerEvent& event : slot->TakeEvents()) OnEvent(slot, event);
  if (ended && slot->has_worker()) OnDeath(slot, slot->Bury());
  CheckStall(slot);
}

void Execution::OnEvent(SlotWorker* slot, const WorkerEvent& event) {
  if (!slot->busy()) return;
  switch (event.kind) {
    case WorkerEventKind::kProgress:
      OnProgress(slot, event);
      break;
    case WorkerEventKind::kRunEnded:
      health_.Worked(slot->device());
      Conclude(tally_.Refresh(*slot->task().group));
      break;
    case WorkerEventKind::kGroupEnded:
      OnGroupEnded(slot);
      break;
    case WorkerEventKind::kGroupFailed:
      OnGroupFailed(slot, event);
      break;
    case WorkerEventKind::kStopped:
      break;  // it exits next, and that is what counts
  }
}

void Execution::OnProgress(SlotWorker* slot, const WorkerEvent& event) {
  if (event.tokens_per_second <= 0.0) return;
  health_.Worked(slot->device());
  clock_.Observe(slot->work_left(), event.tokens_per_second);
}

void Execution::OnGroupEnded(SlotWorker* slot) {
  const RunGroup& group = *slot->task().group;
  Conclude(tally_.Refresh(group));
  if (tally_.Complete(group)) {
    slot->End();
  } else {
    Retry(slot, "its worker says that it has ended, but there are no results");
  }
}

void Execution::OnGroupFailed(SlotWorker* slot, const WorkerEvent& event) {
  GroupTask task = slot->End();
  Conclude(tally_.Refresh(*task.group));
  if (!event.out_of_memory) {
    Fail(task, event.reason);
    return;
  }
  slot->Discard();  // memory that was lost comes back with a fresh process
  OnOutOfMemory(std::move(task), event.reason);
}

void Execution::OnOutOfMemory(GroupTask task, const std::string& reason) {
  const auto smaller = SmallerMicroBatch(*task.group, MicroBatchOf(task));
  if (!smaller) {
    Fail(task, "out of memory with one sequence at a time: " + reason);
    return;
  }
  Say(fmt::format("{}: out of memory; trying micro-batches of {} tokens",
                  task.group->id, *smaller));
  task.micro_batch_tokens = smaller;
  queue_.Push(std::move(task));
}

void Execution::OnDeath(SlotWorker* slot, const std::string& cause) {
  if (!slot->busy()) return;  // idle; the next group gets a fresh one
  Conclude(tally_.Refresh(*slot->task().group));
  if (stop_ != Stop::kNo) {
    slot->End();
    return;
  }
  if (!slot->has_trained() &&
      health_.BrokeAtOnce(slot->device(), slot->task().group->id,
                          OthersBusyOn(slot))) {
    Say(fmt::format("{}: retired after breakdowns of {} groups in a row: {}",
                    slot->device(), DeviceHealth::kGroupsToRetire, cause));
  }
  Retry(slot, cause);
}

void Execution::CheckStall(SlotWorker* slot) {
  if (!slot->busy() || stop_ != Stop::kNo) return;
  const double step_seconds =
      clock_.StepSeconds(*slot->task().group, slot->device());
  const double allowed =
      std::max(options_.stall_seconds, kStallSteps * step_seconds);
  if (slot->SilentSeconds() < allowed) return;
  slot->Discard();
  OnDeath(slot, fmt::format("its worker said nothing for {} and was killed",
                            FormatDuration(allowed)));
}

void Execution::Retry(SlotWorker* slot, const std::string& cause) {
  GroupTask task = slot->End();
  if (tally_.Complete(*task.group)) return;
  CountBreakdown(&task);
  if (task.breakdowns >= kBreakdownsToFail) {
    Fail(task, cause);
    return;
  }
  Say(fmt::format("{}: {}; trying again", task.group->id, cause));
  task.broke_on = slot->device();
  queue_.Push(std::move(task));
}

void Execution::Fail(const GroupTask& task, const std::string& reason) {
  const auto failed = tally_.FailPending(*task.group, reason);
  if (failed.empty()) return;
  summary_.messages.push_back(
      fmt::format("{}: failed: {}", task.group->id, reason));
  Conclude(failed);
}

void Execution::Conclude(const std::vector<RunResult>& results) {
  for (const RunResult& result : results) {
    ++summary_.ended_here;
    progress_.RunEnded(result, State());
    if (!options_.fail_fast || result.status == RunStatus::kOk) continue;
    summary_.stopped_by_failure = true;
    BeginStop(Stop::kAtCheckpoint);
  }
}

}  // namespace isoflop
