// A sweep directory as a report sees it: what was planned, what became of it,
// and how the losses fell.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/observe/sweep_observations.h"
#include "analysis/observe/training_curve.h"
#include "lib/core/json.h"
#include "lib/record/ended_badly.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Curves of more groups are not read: those of the smallest and the largest
/// size and of sizes evenly between them are.
inline constexpr std::size_t kMostCurveGroups = 40;

/// Runs that failed or diverged of which the cause is told.
inline constexpr std::size_t kMostFailures = 500;

/// A group with runs that are not trained yet, though something was.
struct StoppedGroup {
  std::string group;
  std::int64_t pending = 0;  // runs
  std::string cause;
};

// nlohmann_json's move constructor is noexcept; the check believes it throws.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct SweepFacts {
  std::string directory;
  Json sweep_file;
  Plan plan;
  std::vector<RunResult> results;  // of runs that ended, however
  RunTally tally;
  std::vector<TrainingCurve> curves;  // of some groups
  std::size_t curve_groups = 0;       // how many groups have runs that ended ok
  std::vector<EndedBadly> failures;   // the first kMostFailures
  std::vector<StoppedGroup> stopped;  // the first kMostFailures, with a cause
  std::string go_on;                  // the command that goes on with the sweep
  std::vector<std::string> damage;    // results that cannot be believed
};

/// Reads a sweep directory. Throws Error when it is none, and for files that
/// cannot be read.
SweepFacts ReadSweepFacts(const SweepDir& dir);

/// Turns every loss in nats per token into bits per byte of text, as a fit
/// beside them has it.
void ToBitsPerByte(SweepFacts* facts);

}  // namespace isoflop
