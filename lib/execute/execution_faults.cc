#include <fmt/format.h>

#include <utility>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/execute/execution.h"
#include "lib/record/group_status.h"

namespace isoflop {

void Execution::OnBreakdown(const BusySlots& slots, const WorkerEnd& end,
                            const SlotWorker* silent) {
  if (slots.empty()) return;  // idle; the next group gets a fresh one
  // A run may have got its result just before the end, and then is no loss.
  for (SlotWorker* slot : slots) Conclude(tally_.Refresh(*slot->task().group));
  Breakdown breakdown{.device = slots.front()->device(),
                      .cause = end.cause,
                      .from_outside = end.from_outside,
                      .groups = {},
                      .silent = {}};
  for (SlotWorker* slot : slots) {
    if (slot == silent) breakdown.silent = breakdown.groups.size();
    GroupTask task = slot->End();
    const bool complete = tally_.Complete(*task.group);
    breakdown.groups.push_back(
        {std::move(task), complete, slot->has_trained()});
  }
  // Who is asked to stop, or has no place to write to, may well die of it:
  // nobody is to blame then.
  if (LosesDirectory() || stop_ != Stop::kNo) {
    for (const BrokenOff& group : breakdown.groups) PutAside(group.task);
    return;
  }
  breakdown.others_at_work = OthersBusyOn(*slots.front());
  BreakdownDecision decision = faults_.AfterBreakdown(breakdown);
  for (const std::string& message : decision.messages) Say(message);
  for (Decision& group : decision.groups) CarryOut(std::move(group));
}

void Execution::CarryOut(Decision decision) {
  switch (decision.kind) {
    case Decision::Kind::kNothing:
      break;
    case Decision::Kind::kTryAgain:
      if (!decision.message.empty()) Say(decision.message);
      queue_.Push(std::move(decision.task));
      break;
    case Decision::Kind::kGiveUp:
      Fail(decision.task, decision.message);
      break;
    case Decision::Kind::kLeave:
      Leave(decision.task, decision.message);
      break;
  }
}

void Execution::Leave(const GroupTask& task, const std::string& cause) {
  if (tally_.Complete(*task.group)) return;
  PutAside(task);
  if (LosesDirectory()) return;
  summary_.left.push_back({.group = task.group->id, .cause = cause});
  progress_.Note(fmt::format("{}: left as it is: {}", task.group->id, cause));
  RecordCause(summary_.left.back());
  if (!options_.fail_fast) return;
  summary_.stopped_by_failure = true;
  BeginStop(Stop::kAtCheckpoint);
}

/// Of the groups that wait in vain, since no device is left: those that are
/// known to have broken down. To the others nothing has happened.
void Execution::LeaveWhatBroke() {
  if (stop_ != Stop::kNo) return;
  for (const GroupTask& task : queue_.tasks()) {
    if (task.cause.empty()) continue;
    summary_.left.push_back({.group = task.group->id, .cause = task.cause});
    RecordCause(summary_.left.back());
  }
}

void Execution::PutAside(const GroupTask& task) {
  if (tally_.Complete(*task.group)) return;
  aside_.push_back({task.group, slots_.front()->device(), task.tokens_left});
}

/// Whatever keeps a group from training may keep its cause from being written.
void Execution::RecordCause(const LeftGroup& left) {
  try {
    StoreCause(dir_, left.group, left.cause);
  } catch (const Error&) {
    unrecorded_.push_back(left);
  }
}

void Execution::RecordCauses() {
  const std::vector<LeftGroup> before = std::exchange(unrecorded_, {});
  for (const LeftGroup& left : before) RecordCause(left);
  if (unrecorded_.empty()) return;
  Say(
      fmt::format("{}: `isoflop status` will not name what stopped {}: that "
                  "could not be written there",
                  dir_.root().string(), Counted(unrecorded_.size(), "group")));
}

void Execution::CheckStall(SlotWorker* slot) {
  if (!slot->busy() || stop_ != Stop::kNo) return;
  const BusySlots busy = BusySlotsOf(slot->worker());
  const double allowed = FaultPolicy::AllowedSilence(
      options_.stall_seconds,
      clock_.StepSeconds(*slot->task().group, slot->device()), busy.size());
  if (slot->SilentSeconds() < allowed) return;
  slot->worker().Discard();
  OnBreakdown(busy,
              {.cause = fmt::format(
                   "its worker said nothing for {} and was killed; {}",
                   FormatDuration(allowed), slot->worker().LastWords())},
              slot);
}

}  // namespace isoflop
