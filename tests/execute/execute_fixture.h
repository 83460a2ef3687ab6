// A tiny sweep and the fake worker: everything that a test of Execute needs.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/execute/local_executor.h"
#include "lib/record/metrics.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "tests/support/scoped_env.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {

/// Remembers what it is told.
class RecordedProgress : public SilentProgress {
 public:
  void RunEnded(const RunResult& result, const SweepProgress&) override {
    ended.push_back(result.id);
  }
  void Show(const SweepProgress& progress) override {
    most_busy = std::max(
        most_busy, std::ranges::count_if(progress.slots, [](const auto& slot) {
          return !slot.group.empty();
        }));
  }
  void Note(const std::string& message) override { notes.push_back(message); }
  void Finish(const SweepProgress& progress) override { last = progress; }

  std::vector<std::string> ended;
  std::vector<std::string> notes;
  std::ptrdiff_t most_busy = 0;  // slots at once
  SweepProgress last;
};

class ExecuteFixture : public testing::Test {
 protected:
  /// A sweep of four groups (two shapes, two seeds) of two runs each.
  static Json EightRuns() {
    Json file = TinySweepFile();
    file["seeds"] = {0, 1};
    return file;
  }

  void Prepare(const SweepDir& dir) const {
    PrepareSweepDir(dir, sweep_.spec, sweep_.plan);
  }

  static ExecuteOptions Options() {
    ExecuteOptions options;
    options.worker.path = ISOFLOP_FAKE_WORKER;
    options.slots = {{"cpu"}, {"cpu"}};
    return options;
  }

  ExecuteSummary Run(const ExecuteOptions& options = Options()) {
    return Execute(dir_, sweep_.plan, options, progress_);
  }

  /// What an undisturbed sweep gives, in a directory of its own.
  std::map<std::string, double> UndisturbedLosses() const {
    const ScopedEnv no_fault("ISOFLOP_FAKE_FAULT", std::nullopt);
    const ScopedEnv no_limit("ISOFLOP_FAKE_FITS", std::nullopt);
    const ScopedEnv quick("ISOFLOP_FAKE_SLEEP", std::nullopt);
    const TempDir temp;
    const SweepDir dir(temp / "out");
    Prepare(dir);
    SilentProgress silent;
    Execute(dir, sweep_.plan, Options(), silent);
    return Losses(dir);
  }

  std::map<std::string, double> Losses(const SweepDir& dir) const {
    std::map<std::string, double> losses;
    for (const RunResult& result : LoadResults(dir, sweep_.plan)) {
      if (result.loss) losses[result.id] = *result.loss;
    }
    return losses;
  }

  /// How often each run has ended, as the workers saw it.
  std::map<std::string, int> Endings() const {
    std::map<std::string, int> endings;
    std::string id;
    std::istringstream lines(ReadFile(dir_.logs() / "ended.log"));
    while (std::getline(lines, id)) ++endings[id];
    return endings;
  }

  /// Every run has one result, ended once, with the loss that it has when
  /// nothing goes wrong, and a curve that has every step once.
  void ExpectAsUndisturbed() const {
    EXPECT_EQ(Losses(dir_), UndisturbedLosses());
    for (const auto& [id, count] : Endings()) EXPECT_EQ(count, 1) << id;
    for (const RunGroup& group : sweep_.plan.groups) {
      ExpectRisingCurve(dir_.group(group.id));
      for (const PlannedRun& run : group.runs) {
        ExpectRisingCurve(dir_.run(run.id));
      }
    }
  }

  static void ExpectRisingCurve(const std::filesystem::path& directory) {
    std::int64_t last = -1;
    for (const MetricsLine& line : ReadMetrics(directory / "metrics.jsonl")) {
      EXPECT_GT(line.step, last) << directory;
      last = line.step;
    }
    EXPECT_GT(last, 0) << directory;
  }

  const RunGroup& group(std::size_t i) const { return sweep_.plan.groups[i]; }

  TinySweep sweep_{EightRuns()};
  TempDir temp_;
  SweepDir dir_{temp_ / "out"};
  RecordedProgress progress_;
};

/// A fault of the fake worker, so many times, in runs (trunks: groups) whose id
/// contains `where`.
class SomeFault {
 public:
  SomeFault(const std::string& fault, const std::string& where,
            const std::string& times = "1")
      : fault_("ISOFLOP_FAKE_FAULT", fault),
        where_("ISOFLOP_FAKE_RUN", where),
        times_("ISOFLOP_FAKE_TIMES", times) {}

 private:
  ScopedEnv fault_;
  ScopedEnv where_;
  ScopedEnv times_;
};

}  // namespace isoflop
