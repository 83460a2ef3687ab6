#include "lib/execute/room.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/execute/shared_device.h"
#include "lib/sweep/group_cost.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {
namespace {

constexpr double kTightShare = 0.8;

/// A worker's process with Debian 12's LibTorch, where nobody has measured it.
constexpr double kProcessPrivateBytes = 64.0 * 1024 * 1024;
constexpr double kProcessSharedBytes = 112.0 * 1024 * 1024;

/// What is compared with what, and what to do about it.
struct Claim {
  std::string what;  // "memory of cpu (2 workers)"
  double needed = 0.0;
  double there = 0.0;
  std::string remedy;  // "lower --jobs"
};

std::string Numbers(const Claim& claim) {
  return fmt::format("{}: up to {} of {}", claim.what,
                     FormatBytes(claim.needed), FormatBytes(claim.there));
}

void Weigh(const Claim& claim, RoomReport* report) {
  report->needs.push_back(Numbers(claim));
  if (claim.needed > claim.there) {
    report->too_much.push_back(fmt::format(
        "{}: needs {} (estimated), but only {} are there: {}", claim.what,
        FormatBytes(claim.needed), FormatBytes(claim.there), claim.remedy));
  } else if (claim.needed > kTightShare * claim.there) {
    report->tight.push_back(
        fmt::format("{}, which is tight: {}", Numbers(claim), claim.remedy));
  }
}

/// The sum of the `count` largest values, or of all where there are fewer.
double SumOfLargest(std::vector<double> values, std::size_t count) {
  std::ranges::sort(values, std::greater<>());
  values.resize(std::min(values.size(), count));
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::vector<double> OfEach(const std::vector<RunGroup>& groups,
                           const std::function<double(const RunGroup&)>& of) {
  std::vector<double> values;
  values.reserve(groups.size());
  for (const RunGroup& group : groups) values.push_back(of(group));
  return values;
}

double GpuMemoryBytes(const RunGroup& group) {
  return EstimateMemoryBytes(group, DeviceKind::kGpu);
}

/// Bytes with one sequence at a time: what a GPU falls back to.
double LeastMemoryBytes(const RunGroup& group) {
  RunGroup smallest = group;
  smallest.training.micro_batch_tokens = group.shape.context;
  return GpuMemoryBytes(smallest);
}

/// Bytes of all processes but what they train.
double ProcessBytes(const ProbeReport& probe, std::size_t workers) {
  return probe.process_private_bytes.value_or(kProcessPrivateBytes) *
             static_cast<double>(workers) +
         probe.process_shared_bytes.value_or(kProcessSharedBytes);
}

void WeighCpuMemory(const std::vector<RunGroup>& groups, std::size_t workers,
                    const ProbeReport& probe, const Room& room,
                    RoomReport* report) {
  const auto busy = std::min(workers, groups.size());
  const auto training = OfEach(groups, [](const RunGroup& group) {
    return EstimateMemoryBytes(group, DeviceKind::kCpu);
  });
  const double needed =
      SumOfLargest(training, busy) + ProcessBytes(probe, busy);
  Weigh(
      {fmt::format("memory ({})", Counted(busy, "worker")), needed, room.memory,
       busy > 1 ? "lower --jobs or training.micro_batch_tokens"
                : "lower training.micro_batch_tokens or the largest size"},
      report);
}

void WeighGpuMemory(const std::vector<RunGroup>& groups, std::size_t workers,
                    const ProbeReport::Device& device, RoomReport* report) {
  if (!device.memory_bytes) return;
  Claim claim{
      fmt::format("memory of {} ({})", device.name, Counted(workers, "worker")),
      SumOfLargest(OfEach(groups, LeastMemoryBytes), workers),
      *device.memory_bytes,
      workers > 1 ? "lower --jobs" : "leave out the largest size"};
  Weigh(claim, report);
  if (claim.needed > claim.there) return;
  const double wanted = SumOfLargest(OfEach(groups, GpuMemoryBytes), workers);
  if (wanted <= claim.there) return;
  report->tight.push_back(fmt::format(
      "{}: whole micro-batches need {} (estimated), so smaller ones will be "
      "tried: lower training.micro_batch_tokens",
      claim.what, FormatBytes(wanted)));
}

/// Bytes of the checkpoints of the largest groups that are in work together.
double CheckpointBytes(const std::vector<RunGroup>& groups,
                       const std::vector<Slot>& slots) {
  std::vector<const RunGroup*> left;
  left.reserve(groups.size());
  for (const RunGroup& group : groups) left.push_back(&group);
  std::ranges::sort(left, std::greater<>(), [](const RunGroup* group) {
    return EstimateCheckpointBytes(*group);
  });
  std::map<std::string, double> memory;  // of shared devices, as a share
  double bytes = 0.0;
  for (const Slot& slot : slots) {
    const bool own = slot.sharing == Sharing::kOwnProcess;
    const auto largest = std::ranges::find_if(left, [&](const RunGroup* group) {
      const double used = own ? 0.0 : memory[slot.device];
      return used == 0.0 || used + MemoryShare({.group = group}, slot) <= 1.0;
    });
    if (largest == left.end()) continue;
    bytes += EstimateCheckpointBytes(**largest);
    memory[slot.device] += MemoryShare({.group = *largest}, slot);
    left.erase(largest);
  }
  return bytes;
}

void WeighDisk(const std::vector<RunGroup>& groups,
               const std::vector<Slot>& slots, const Room& room,
               RoomReport* report) {
  const auto records = OfEach(groups, EstimateRecordBytes);
  const double needed =
      CheckpointBytes(groups, slots) + SumOfLargest(records, records.size());
  Weigh({"disk", needed, room.disk,
         "free some, or name a directory elsewhere with -o"},
        report);
}

}  // namespace

void RoomReport::RequireEnough() const {
  Require(too_much.empty(), "{}", fmt::join(too_much, "\n"));
}

double EstimateWorkerBytes(const RunGroup& group, const ProbeReport& probe) {
  return EstimateMemoryBytes(group, DeviceKind::kCpu) + ProcessBytes(probe, 1);
}

RoomReport CheckRoom(const std::vector<RunGroup>& groups,
                     const std::vector<Slot>& slots, const ProbeReport& probe,
                     const Room& room) {
  RoomReport report;
  if (groups.empty()) return report;
  std::map<std::string, std::size_t> workers;  // by device
  for (const Slot& slot : slots) {
    const bool own = slot.sharing == Sharing::kOwnProcess;
    workers[slot.device] = own ? workers[slot.device] + 1 : 1;
  }
  if (const auto cpu = workers.find("cpu"); cpu != workers.end()) {
    WeighCpuMemory(groups, cpu->second, probe, room, &report);
  }
  for (const ProbeReport::Device& device : probe.cuda) {
    const auto found = workers.find(device.name);
    if (found == workers.end()) continue;
    WeighGpuMemory(groups, std::min(found->second, groups.size()), device,
                   &report);
  }
  WeighDisk(groups, slots, room, &report);
  return report;
}

}  // namespace isoflop
