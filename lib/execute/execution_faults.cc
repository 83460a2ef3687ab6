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

/// Finds who is to blame, unless that is known: a group that was by itself, or
/// the one that was on probation (see GroupTask::suspect). Of several that
/// nothing was known against, any may be; all are on probation then, one at a
/// time. So a group fails by what it does itself, not beside others.
void Execution::OnDeath(const BusySlots& slots, const std::string& cause,
                        SlotWorker* to_blame) {
  if (slots.empty()) return;  // idle; the next group gets a fresh one
  BusySlots others = slots;
  for (SlotWorker* slot : slots) Conclude(tally_.Refresh(*slot->task().group));
  if (stop_ != Stop::kNo) {
    for (SlotWorker* slot : slots) slot->End();
    return;
  }
  const auto blamed = std::ranges::find_if(others, [&](SlotWorker* slot) {
    if (to_blame != nullptr) return slot == to_blame;
    return others.size() == 1 || slot->task().suspect;
  });
  if (blamed != others.end()) {
    to_blame = *blamed;
    others.erase(blamed);
  }
  for (SlotWorker* slot : others) PutBack(slot);
  if (to_blame != nullptr) {
    Blame(to_blame, cause);
  } else {
    Say(fmt::format("{}: {}, with {} groups in work; trying again one by one",
                    slots.front()->device(), cause, slots.size()));
  }
}

/// Of a group that was beside the one to blame, or may be that itself.
void Execution::PutBack(SlotWorker* slot) {
  GroupTask task = slot->End();
  if (tally_.Complete(*task.group)) return;
  NoteBreakdown(&task);
  task.suspect = true;
  queue_.Push(std::move(task));
}

void Execution::Blame(SlotWorker* slot, const std::string& cause) {
  const std::string& device = slot->device();
  GroupTask task = slot->End();
  if (!slot->has_trained() &&
      health_.BrokeAtOnce(device, task.group->id, OthersBusyOn(*slot))) {
    Say(fmt::format("{}: retired after breakdowns of {} groups in a row: {}",
                    device, DeviceHealth::kGroupsToRetire, cause));
  }
  task.suspect = true;
  Retry(std::move(task), device, cause);
}

void Execution::CheckStall(SlotWorker* slot) {
  if (!slot->busy() || stop_ != Stop::kNo) return;
  const BusySlots busy = BusySlotsOf(slot->worker());
  const double step_seconds =
      clock_.StepSeconds(*slot->task().group, slot->device()) *
      static_cast<double>(busy.size());
  const double allowed =
      std::max(options_.stall_seconds, kStallSteps * step_seconds);
  if (slot->SilentSeconds() < allowed) return;
  slot->worker().Discard();
  OnDeath(busy,
          fmt::format("its worker said nothing for {} and was killed",
                      FormatDuration(allowed)),
          slot);
}

void Execution::Retry(GroupTask task, const std::string& device,
                      const std::string& cause) {
  if (tally_.Complete(*task.group)) return;
  CountBreakdown(&task);
  if (task.breakdowns >= kBreakdownsToFail) {
    Fail(task, cause);
    return;
  }
  Say(fmt::format("{}: {}; trying again", task.group->id, cause));
  task.broke_on = device;
  queue_.Push(std::move(task));
}

}  // namespace isoflop
