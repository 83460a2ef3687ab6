#include <fmt/format.h>

#include <utility>

#include "lib/execute/execution.h"

namespace isoflop {

void Execution::Serve(DeviceWorker* worker) {
  // Asked first: what it said before its end is then all there to be read.
  const bool ended = worker->Ended();
  worker->Listen();
  for (SlotWorker* slot : BusySlotsOf(*worker)) {
    for (const WorkerEvent& event : slot->TakeEvents()) OnEvent(slot, event);
  }
  if (ended && worker->has_process()) {
    const WorkerEnd end = worker->Reap();
    OnBreakdown(BusySlotsOf(*worker), end, nullptr);
  }
  for (SlotWorker* slot : BusySlotsOf(*worker)) CheckStall(slot);
}

void Execution::OnEvent(SlotWorker* slot, const WorkerEvent& event) {
  if (!slot->busy()) return;
  switch (event.kind) {
    case WorkerEventKind::kProgress:
      OnProgress(slot, event);
      break;
    case WorkerEventKind::kRunEnded:
      faults_.Worked(slot->device());
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
  faults_.Worked(slot->device());
  clock_.Observe(slot->work_left(), event.tokens_per_second,
                 !slot->had_others());
}

void Execution::OnGroupEnded(SlotWorker* slot) {
  GroupTask task = slot->End();
  Conclude(tally_.Refresh(*task.group));
  if (tally_.Complete(*task.group)) return;
  CarryOut(
      FaultPolicy::AfterEndWithoutResults(std::move(task), slot->device()));
}

void Execution::OnGroupFailed(SlotWorker* slot, const WorkerEvent& event) {
  GroupTask task = slot->End();
  Conclude(tally_.Refresh(*task.group));
  if (!event.out_of_memory) {
    CarryOut(FaultPolicy::AfterObstacle(std::move(task), event.reason));
    return;
  }
  // Memory that was lost comes back with a fresh process.
  if (BusySlotsOf(slot->worker()).empty()) slot->worker().Discard();
  CarryOut(FaultPolicy::AfterOutOfMemory(std::move(task), slot->had_others(),
                                         event.reason));
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
