#include "lib/execute/room.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

#include "lib/core/error.h"
#include "lib/core/mapped_file.h"
#include "lib/core/text.h"
#include "lib/execute/control_group.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

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

std::string Workers(std::size_t count) {
  return fmt::format("{} worker{}", count, count == 1 ? "" : "s");
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
  Weigh({fmt::format("memory ({})", Workers(busy)), needed, room.memory,
         busy > 1 ? "lower --jobs or training.micro_batch_tokens"
                  : "lower training.micro_batch_tokens or the largest size"},
        report);
}

void WeighGpuMemory(const std::vector<RunGroup>& groups, std::size_t workers,
                    const ProbeReport::Device& device, RoomReport* report) {
  if (!device.memory_bytes) return;
  Claim claim{fmt::format("memory of {} ({})", device.name, Workers(workers)),
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

void WeighDisk(const std::vector<RunGroup>& groups, std::size_t workers,
               const Room& room, RoomReport* report) {
  const auto records = OfEach(groups, EstimateRecordBytes);
  const double needed =
      SumOfLargest(OfEach(groups, EstimateCheckpointBytes), workers) +
      SumOfLargest(records, records.size());
  Weigh({"disk", needed, room.disk,
         "free some, or name a directory elsewhere with -o"},
        report);
}

/// The smallest limit on memory that the control groups set, if they do.
std::optional<double> GrantedMemory() {
  std::optional<double> least;
  for (const fs::path& limit : ControlGroupFiles("memory.max")) {
    std::ifstream file(limit);
    double bytes = 0.0;
    if (!(file >> bytes)) continue;  // not there, or "max"
    least = std::min(least.value_or(bytes), bytes);
  }
  return least;
}

/// The path itself, or its nearest parent that exists.
fs::path Existing(const fs::path& path) {
  std::error_code code;
  fs::path at = fs::absolute(path, code);
  while (!fs::exists(at, code) && at.has_relative_path()) at = at.parent_path();
  return at;
}

}  // namespace

Room FindRoom(const fs::path& directory) {
  std::error_code code;
  const fs::space_info space = fs::space(Existing(directory), code);
  Require(!code, "{}: cannot tell how much room is on its disk: {}",
          directory.string(), code.message());
  const auto memory = static_cast<double>(PhysicalMemory());
  return {.memory = std::min(memory, GrantedMemory().value_or(memory)),
          .disk = static_cast<double>(space.available)};
}

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
  for (const Slot& slot : slots) ++workers[slot.device];
  if (const auto cpu = workers.find("cpu"); cpu != workers.end()) {
    WeighCpuMemory(groups, cpu->second, probe, room, &report);
  }
  for (const ProbeReport::Device& device : probe.cuda) {
    const auto found = workers.find(device.name);
    if (found == workers.end()) continue;
    WeighGpuMemory(groups, std::min(found->second, groups.size()), device,
                   &report);
  }
  WeighDisk(groups, slots.size(), room, &report);
  return report;
}

}  // namespace isoflop
