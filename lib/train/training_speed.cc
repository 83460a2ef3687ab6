#include "lib/train/training_speed.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/core/clock.h"
#include "lib/core/process_memory.h"
#include "lib/data/task.h"
#include "lib/train/device.h"
#include "lib/train/divergence_guard.h"
#include "lib/train/gpu.h"
#include "lib/train/machine_speed.h"
#include "lib/train/replay.h"
#include "lib/train/trainer.h"

namespace isoflop {
namespace {

constexpr int kBlocks = 5;  // of each kind

/// Updates whose results a sweep takes together on a GPU.
constexpr std::int64_t kTakenTogether = DivergenceGuard::kInterval;

/// Updates that are not like the others: they allocate, or record.
constexpr int kFirstUpdates = Replay::kWarmUps + 2;

/// How the time is shared out.
constexpr double kWarmUpShare = 0.1;
constexpr double kUpdateShare = 0.7;
constexpr double kProductShare = 0.2;

/// REQUIRES: there is an odd number of values.
MeasuredRate RateOf(std::vector<double> values) {
  std::ranges::sort(values);
  return {.median = values[values.size() / 2],
          .low = values.front(),
          .high = values.back()};
}

std::vector<BenchReport::Section> SectionsOf(const StepProfile& profile) {
  std::vector<BenchReport::Section> sections;
  for (const auto& [section, name] : EnumNames(StepSection{})) {
    const double seconds = profile.seconds(section);
    sections.push_back({.name = std::string(name),
                        .seconds = seconds,
                        .share = std::min(1.0, seconds / profile.total())});
  }
  return sections;
}

class Benchmark {
 public:
  Benchmark(const BenchCommand& command, const std::function<bool()>& stop)
      : command_(command),
        stop_(stop),
        task_(OpenTask(command.group.data, command.group.shape.context)),
        trainer_(command.group, *task_, ResolveDevice(command.device)),
        schedule_(MakeSchedule(command.group.training,
                               command.group.runs.back().steps)) {
    if (command.profile) trainer_.set_profile(&profile_);
  }

  std::optional<BenchReport> Run() {
    trainer_.Initialize();
    if (!WarmUp()) return std::nullopt;
    for (int block = 0; block < kBlocks; ++block) {
      if (!MeasureUpdates() || stop_()) return std::nullopt;
      MeasureProducts();
    }
    HoldWhatASweepHolds();
    return Report();
  }

 private:
  /// Returns the seconds of so many updates, or nothing when stopped.
  std::optional<double> SecondsOfUpdates(std::int64_t count) {
    profile_.Resume();
    const double start = MonotonicSeconds();
    for (std::int64_t i = 0; i < count; ++i) {
      if (stop_()) return std::nullopt;
      trainer_.Update(step_, schedule_);
      step_ = (step_ + 1) % schedule_.total_steps;
      if (++untaken_ == kTakenTogether) TakeResults();
    }
    TakeResults();
    profile_.Pause();
    return MonotonicSeconds() - start;
  }

  /// Returns whether it was not stopped. Settles the length of the blocks by
  /// the fastest update, since the first ones allocate.
  bool WarmUp() {
    const double start = MonotonicSeconds();
    double fastest = command_.seconds;
    for (int i = 0; i < kFirstUpdates || MonotonicSeconds() - start <
                                             kWarmUpShare * command_.seconds;
         ++i) {
      const auto seconds = SecondsOfUpdates(1);
      if (!seconds) return false;
      fastest = std::min(fastest, *seconds);
    }
    const double block = kUpdateShare * command_.seconds / kBlocks;
    block_updates_ = std::max<std::int64_t>(1, std::llround(block / fastest));
    profile_ = {};
    return true;
  }

  bool MeasureUpdates() {
    const auto seconds = SecondsOfUpdates(block_updates_);
    if (!seconds) return false;
    const auto tokens = static_cast<double>(
        block_updates_ * command_.group.training.batch_tokens);
    token_rates_.push_back(tokens / *seconds);
    return true;
  }

  void MeasureProducts() {
    const bool bf16 = command_.group.training.precision == Precision::kBf16;
    product_rates_.push_back(
        ProductRate(bf16 ? at::kBFloat16 : at::kFloat, trainer_.device(),
                    kProductShare * command_.seconds / kBlocks));
  }

  /// A snapshot, where there are branches, and the workspace of an evaluation:
  /// one batch of it.
  void HoldWhatASweepHolds() {
    trainer_.set_profile(nullptr);
    std::optional<TrainingState> snapshot;
    if (command_.group.runs.size() > 1) snapshot = trainer_.state().Clone();
    bool enough = false;
    trainer_.Evaluate([&] { return std::exchange(enough, true); });
    trainer_.Update(step_, schedule_);
    TakeResults();
  }

  BenchReport Report() const {
    BenchReport report{.tokens_per_second = RateOf(token_rates_),
                       .matmul_flops_per_second = RateOf(product_rates_),
                       .peak_memory_bytes = {},
                       .device = DescribeDevice(trainer_.device()),
                       .software = DescribeSoftware(),
                       .profile = {}};
    report.peak_memory_bytes = PeakMemoryBytes();
    if (const auto launch = trainer_.DescribeLaunch()) {
      report.device["launch"] = *launch;
    }
    if (command_.profile) report.profile = SectionsOf(profile_);
    return report;
  }

  std::optional<double> PeakMemoryBytes() const {
    if (!trainer_.device().is_cpu()) return GpuPeakBytes(trainer_.device());
    const auto memory = MeasureOwnMemory();
    return memory ? std::optional(memory->peak) : std::nullopt;
  }

  /// As a sweep does; waits for the updates.
  void TakeResults() {
    trainer_.TakeResults();
    untaken_ = 0;
  }

  const BenchCommand& command_;
  const std::function<bool()>& stop_;
  std::unique_ptr<Task> task_;
  Trainer trainer_;
  LrSchedule schedule_;
  StepProfile profile_;
  std::int64_t step_ = 0;
  std::int64_t block_updates_ = 1;
  std::int64_t untaken_ = 0;
  std::vector<double> token_rates_;
  std::vector<double> product_rates_;
};

}  // namespace

std::optional<BenchReport> MeasureTraining(const BenchCommand& command,
                                           const std::function<bool()>& stop) {
  return Benchmark(command, stop).Run();
}

}  // namespace isoflop
