#include "lib/execute/shared_device.h"

#include <algorithm>
#include <string>

namespace isoflop {
namespace {

// The rest is for the CUDA context, for what the allocator holds in reserve,
// and for what the estimate leaves out.
constexpr double kUsableMemory = 0.9;

// So that ten times a tenth fits.
constexpr double kRounding = 1e-9;

/// The share of its time that a group takes of a device where others are beside
/// it in any case: each then has a part of its own speed.
double CrowdedShare(const RunGroup& group, const std::string& device,
                    const CostModel& cost) {
  const std::int64_t tokens = group.training.batch_tokens;
  return std::min(1.0, cost.ArithmeticSeconds(group, device, tokens) /
                           cost.Seconds(group, device, tokens));
}

}  // namespace

bool DeviceLoad::fits() const {
  return std::max(memory, arithmetic) <= 1.0 + kRounding;
}

DeviceLoad operator+(const DeviceLoad& a, const DeviceLoad& b) {
  return {a.memory + b.memory, a.arithmetic + b.arithmetic};
}

double MemoryShare(const GroupTask& task, const Slot& slot) {
  if (!slot.memory_bytes) return 0.0;
  return EstimateGpuBytes(task) / (kUsableMemory * *slot.memory_bytes);
}

DeviceLoad LoadOf(const GroupTask& task, const Slot& slot,
                  const CostModel& cost) {
  const bool counts = slot.sharing == Sharing::kWhereItPays;
  return {MemoryShare(task, slot),
          counts ? cost.BusyShare(*task.group, slot.device) : 0.0};
}

SharedDevice::SharedDevice(const Slot& slot, const CostModel& cost,
                           const std::vector<const GroupTask*>& in_work)
    : slot_(slot), cost_(cost), empty_(in_work.empty()) {
  for (const GroupTask* task : in_work) {
    const DeviceLoad load = LoadOf(*task, slot, cost);
    load_ = load_ + load;
    if (task->overtook) load_of_overtakers_ = load_of_overtakers_ + load;
    closed_ = closed_ || task->alone || task->suspect;
  }
  // A second group joins by what was measured, not by what was guessed.
  closed_ = closed_ || (slot.sharing == Sharing::kWhereItPays &&
                        !cost.Observed(slot.device));
}

bool SharedDevice::Admits(const GroupTask& task) const {
  if (empty_) return true;
  return !closed_ && MayTrainBesideOthers(task) &&
         (load_ + LoadOf(task, slot_, cost_)).fits();
}

bool SharedDevice::AdmitsBefore(const GroupTask& task,
                                const GroupTask& first) const {
  return Admits(task) && MayTrainBesideOthers(first) &&
         (load_of_overtakers_ + LoadOf(task, slot_, cost_) +
          LoadOf(first, slot_, cost_))
             .fits();
}

double ShareOfWorker(const RunGroup& group, const std::vector<Slot>& slots,
                     const CostModel& cost) {
  const Slot& slot = slots.front();
  if (slot.sharing == Sharing::kOwnProcess) return 1.0;
  DeviceLoad load = LoadOf({.group = &group}, slot, cost);
  if (slot.sharing == Sharing::kWhereItFits) {
    load.arithmetic = CrowdedShare(group, slot.device, cost);
  }
  const auto sharers = static_cast<double>(std::ranges::count(slots, slot));
  return std::min(1.0, std::max({1.0 / sharers, load.memory, load.arithmetic}));
}

}  // namespace isoflop
