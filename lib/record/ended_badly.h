// Runs that failed or diverged: why, and how to train them again.

#pragma once

#include <string>

#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

/// A run that has ended without a loss.
struct EndedBadly {
  std::string run;
  std::string group;
  RunStatus status = RunStatus::kFailed;  // or kDiverged
  std::string cause;
  std::string curve;  // of kDiverged: where it ends, as "FILE:LINE"
  std::string retry;  // the command that trains it again
};

/// Returns the command that goes on with a sweep. It names the sweep.json of
/// the directory, or SWEEP.json where that speaks of data by paths that mean
/// something only from where the sweep was begun.
std::string GoOnCommand(const SweepDir& dir);

/// Reads about a run that has such a result. `go_on` is GoOnCommand(dir).
EndedBadly ReadEndedBadly(const SweepDir& dir, const std::string& group,
                          const std::string& run, const std::string& go_on);

Json ToJson(const EndedBadly& run);

}  // namespace isoflop
