// What there is to read about one run: its curve, how it ended, and the lines
// that workers wrote about it.

#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/record/ended_badly.h"
#include "lib/record/metrics.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

/// A line of a worker's log.
struct WorkerLine {
  std::filesystem::path file;
  std::size_t number = 0;  // counted from 1
  std::string text;
};

/// A run of a plan, whether it has been trained or not.
struct RunLog {
  std::string run;
  std::string group;
  std::vector<MetricsLine> curve;   // of the trunk, then of the branch
  std::optional<RunResult> result;  // absent: it has not ended
  std::optional<EndedBadly> ended_badly;
  std::vector<WorkerLine> lines;             // that name the run or its group
  std::vector<std::filesystem::path> files;  // that hold the curve
};

/// Reads about the run whose id is `name`, or the only one with `name` in it.
/// Throws Error when there is none or more than one, naming some; when the
/// directory is none of a sweep; when a curve or result is damaged.
RunLog ReadRunLog(const SweepDir& dir, const std::string& name);

/// Returns every line that workers wrote, file by file.
std::vector<WorkerLine> ReadWorkerLogs(const SweepDir& dir);

}  // namespace isoflop
