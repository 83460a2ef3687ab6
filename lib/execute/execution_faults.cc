#include <fmt/format.h>

#include <utility>

#include "lib/core/text.h"
#include "lib/execute/execution.h"

namespace isoflop {

void Execution::OnBreakdown(const BusySlots& slots, const std::string& cause,
                            const SlotWorker* silent) {
  if (slots.empty()) return;  // idle; the next group gets a fresh one
  // A run may have got its result just before the end, and then is no loss.
  for (SlotWorker* slot : slots) Conclude(tally_.Refresh(*slot->task().group));
  Breakdown breakdown{.device = slots.front()->device(),
                      .cause = cause,
                      .groups = {},
                      .silent = {}};
  for (SlotWorker* slot : slots) {
    if (slot == silent) breakdown.silent = breakdown.groups.size();
    GroupTask task = slot->End();
    const bool complete = tally_.Complete(*task.group);
    breakdown.groups.push_back(
        {std::move(task), complete, slot->has_trained()});
  }
  // Who is asked to stop may well die of it: nobody is to blame then.
  if (stop_ != Stop::kNo) return;
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
  }
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
              fmt::format("its worker said nothing for {} and was killed",
                          FormatDuration(allowed)),
              slot);
}

}  // namespace isoflop
