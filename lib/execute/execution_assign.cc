#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "lib/core/error.h"
#include "lib/execute/execution.h"
#include "lib/record/group_status.h"
#include "lib/sweep/group_cost.h"

namespace isoflop {

/// Slots that share a device share its worker.
void Execution::MakeSlots() {
  std::map<std::string, std::shared_ptr<DeviceWorker>> latest;  // by device
  for (const Slot& slot : options_.slots) {
    std::shared_ptr<DeviceWorker>& worker = latest[slot.device];
    if (!worker || slot.sharing == Sharing::kOwnProcess) {
      worker = std::make_shared<DeviceWorker>(
          options_.worker,
          dir_.logs() / fmt::format("worker-{}.log", workers_.size()));
      workers_.push_back(worker);
    }
    slots_.push_back(std::make_unique<SlotWorker>(slot, worker));
  }
}

void Execution::FillQueue() {
  for (const RunGroup& group : plan_.groups) {
    if (tally_.Complete(group)) {
      RemoveLeftoverCheckpoints(dir_, group, {});
      continue;
    }
    GroupTask task;
    task.group = &group;
    task.tokens_left = TokensTrained(group);
    if (const auto status = FindGroupStatus(dir_, group.id)) {
      // A little is always left, or it would not be here.
      task.tokens_left =
          std::max<std::int64_t>(1, task.tokens_left - status->tokens_done);
    }
    queue_.Push(std::move(task));
  }
}

void Execution::AssignGroups() {
  std::set<std::string> without;  // devices that no task suits
  for (const auto& slot : slots_) {
    if (stop_ != Stop::kNo) return;
    if (without.contains(slot->device()) || !MayWork(*slot)) continue;
    if (!Assign(slot.get())) without.insert(slot->device());
  }
}

/// Whether a slot is free, and its device fit for another group.
bool Execution::MayWork(const SlotWorker& slot) const {
  const std::string& device = slot.device();
  const DeviceHealth& health = faults_.health();
  if (slot.busy() || health.Retired(device)) return false;
  if (health.Unfit(device) && OthersBusyOn(slot)) return false;
  // A group that breaks down would take those of its worker with it.
  return !health.Doubtful(device) || BusySlotsOf(slot.worker()).empty();
}

/// Whether other slots of the same device are at work.
bool Execution::OthersBusyOn(const SlotWorker& slot) const {
  return std::ranges::any_of(slots_, [&](const auto& other) {
    return other.get() != &slot && other->busy() &&
           other->device() == slot.device();
  });
}

bool Execution::OthersWork(const std::string& device) const {
  return std::ranges::any_of(slots_, [&](const auto& slot) {
    return slot->device() != device &&
           !faults_.health().Retired(slot->device());
  });
}

Execution::BusySlots Execution::BusySlotsOf(const DeviceWorker& worker) const {
  BusySlots busy;
  for (const auto& slot : slots_) {
    if (&slot->worker() == &worker && slot->busy()) busy.push_back(slot.get());
  }
  return busy;
}

/// Returns whether there was something for the slot.
bool Execution::Assign(SlotWorker* slot) {
  std::vector<const GroupTask*> in_work;
  for (const SlotWorker* other : BusySlotsOf(slot->worker())) {
    in_work.push_back(&other->task());
  }
  const SharedDevice shared(slot->slot(), clock_.cost(), in_work);
  auto task = queue_.Pop({.device = slot->device(),
                          .doubtful = faults_.health().Doubtful(slot->device()),
                          .others_work = OthersWork(slot->device()),
                          .shared = &shared},
                         clock_.cost());
  if (!task) return false;
  try {
    Begin(slot, *task);
  } catch (const Error& error) {
    if (!any_started_) throw;
    // It could be started before: somebody is replacing the program.
    if (faults_.StartFailed(slot->device(), OthersBusyOn(*slot))) {
      Say(error.what());
    }
    queue_.Push(std::move(*task));
  }
  return true;
}

void Execution::Begin(SlotWorker* slot, const GroupTask& task) {
  // Memory that was lost comes back with a fresh process.
  if (task.alone) slot->worker().Discard();
  slot->Begin(dir_, task);
  any_started_ = true;
  const BusySlots busy = BusySlotsOf(slot->worker());
  if (busy.size() < 2) return;
  for (SlotWorker* one : busy) one->NoteOthers();
}

}  // namespace isoflop
