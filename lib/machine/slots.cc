#include "lib/machine/slots.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/machine/control_group.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {
namespace {

std::vector<std::string> CudaDevices(const ProbeReport& probe) {
  std::vector<std::string> names;
  for (const auto& device : probe.cuda) names.push_back(device.name);
  return names;
}

/// Returns the devices that one word of --devices means.
std::vector<std::string> DevicesOf(const std::string& word,
                                   const ProbeReport& probe) {
  const std::vector<std::string> cuda = CudaDevices(probe);
  const bool all_cuda = word == "cuda" || word == "auto";
  if (all_cuda && !cuda.empty()) return {cuda.begin(), cuda.end()};
  if (word == "cpu" || word == "auto") return {"cpu"};
  if (std::ranges::find(cuda, word) != cuda.end()) return {word};
  std::vector<std::string_view> allowed = {"auto", "cpu"};
  allowed.insert(allowed.end(), cuda.begin(), cuda.end());
  throw Error(fmt::format("there is no device \"{}\" here; there is {}{}", word,
                          fmt::join(allowed, ", "), Suggestion(word, allowed)));
}

Slot SlotOn(const std::string& device, bool asked_for_so_many,
            const ProbeReport& probe) {
  Slot slot{.device = device};
  if (device == "cpu") return slot;
  slot.sharing =
      asked_for_so_many ? Sharing::kWhereItFits : Sharing::kWhereItPays;
  const auto found =
      std::ranges::find(probe.cuda, device, &ProbeReport::Device::name);
  if (found != probe.cuda.end()) slot.memory_bytes = found->memory_bytes;
  return slot;
}

/// Slots in turns: of every device the first, then of every device the second.
std::vector<Slot> AllSlots(const std::vector<Slot>& one_each,
                           std::int64_t cores) {
  std::vector<Slot> slots;
  for (std::int64_t turn = 0; turn < std::max(cores, kMaxGroupsAtOnce);
       ++turn) {
    for (const Slot& slot : one_each) {
      const bool cpu = slot.sharing == Sharing::kOwnProcess;
      if (turn < (cpu ? cores : kMaxGroupsAtOnce)) slots.push_back(slot);
    }
  }
  return slots;
}

}  // namespace

DeviceKind KindOf(const Slot& slot) {
  return slot.device == "cpu" ? DeviceKind::kCpu : DeviceKind::kGpu;
}

std::int64_t UsableCores() {
  cpu_set_t affinity;
  CPU_ZERO(&affinity);
  double cores = 1.0;
  if (::sched_getaffinity(0, sizeof(affinity), &affinity) == 0) {
    cores = CPU_COUNT(&affinity);
  }
  cores = std::min(cores, GrantedCores().value_or(cores));
  return std::max<std::int64_t>(1, std::llround(std::floor(cores)));
}

std::vector<Slot> ResolveSlots(const std::string& devices,
                               std::optional<std::int64_t> jobs,
                               const ProbeReport& probe, std::int64_t cores) {
  Require(!jobs || *jobs >= 1, "--jobs: must be at least 1, got {}", *jobs);
  std::vector<Slot> one_each;
  for (const std::string& word : SplitAtCommas(devices)) {
    for (const std::string& device : DevicesOf(word, probe)) {
      const Slot slot = SlotOn(device, jobs.has_value(), probe);
      if (std::ranges::find(one_each, slot) == one_each.end()) {
        one_each.push_back(slot);
      }
    }
  }
  if (!jobs) return AllSlots(one_each, cores);
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < static_cast<std::size_t>(*jobs); ++i) {
    slots.push_back(one_each[i % one_each.size()]);
  }
  return slots;
}

std::size_t CountWorkers(const std::vector<Slot>& slots) {
  std::size_t workers = 0;
  std::set<std::string> shared;  // devices
  for (const Slot& slot : slots) {
    const bool own = slot.sharing == Sharing::kOwnProcess;
    if (own || shared.insert(slot.device).second) ++workers;
  }
  return workers;
}

std::string Describe(const std::vector<Slot>& slots) {
  const Slot& first = slots.front();
  std::string text = fmt::format("{} x {}", CountWorkers(slots), first.device);
  const auto sharers = std::ranges::count(slots, first);
  if (first.sharing != Sharing::kOwnProcess && sharers > 1) {
    text += fmt::format(", up to {} groups at once on each", sharers);
  }
  return text;
}

}  // namespace isoflop
