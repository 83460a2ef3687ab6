// Runs a plan on this machine: a resident worker process per core of the CPU
// and per GPU, groups longest first. Whatever happens to a worker costs at most
// the group that did it; whatever happens to the front end costs nothing,
// because the truth is in the sweep directory.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/execute/cost_model.h"
#include "lib/execute/progress.h"
#include "lib/machine/slots.h"
#include "lib/machine/worker_path.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"

namespace isoflop {

struct ExecuteOptions {
  WorkerProgram worker;
  std::vector<Slot> slots;  // at least one
  CostModel cost;
  bool retry_failed = false;         // try runs again that ended as failed
  bool fail_fast = false;            // stop at the first run that fails or
                                     // diverges, or group that is left
  double stop_grace_seconds = 30.0;  // to reach a checkpoint when stopping
  double stall_seconds = 1800.0;  // of silence, until a worker counts as hung
};

/// A group whose runs stay pending though nobody stopped the sweep.
struct LeftGroup {
  std::string group;
  std::string cause;  // which may pass: then the same command goes on with it
};

/// How a sweep stands when Execute returns.
struct ExecuteSummary {
  std::int64_t runs = 0;  // in the plan; the sum of the next four
  std::int64_t ok = 0;
  std::int64_t diverged = 0;
  std::int64_t failed = 0;
  std::int64_t pending = 0;           // without a result
  std::int64_t ended_here = 0;        // got their result in this call
  std::optional<int> signal;          // SIGINT, SIGTERM or SIGHUP, if that
                                      // stopped it
  bool stopped_by_failure = false;    // by fail_fast
  std::vector<LeftGroup> left;        // in the order in which they were left
  std::vector<std::string> messages;  // why runs failed, devices retired, ...
  double wall_seconds = 0.0;

  bool complete() const { return ok == runs; }
};

/// Trains every run of the plan that has no result yet and returns how the
/// sweep stands. REQUIRES: PrepareSweepDir(dir, ..., plan) was called.
///
/// Handles SIGINT, SIGTERM and SIGHUP while it runs: the first asks the workers
/// to stop at a checkpoint, a second kills them. A run that fails or diverges
/// is a result, not an exception. What a user can mend (a full disk, data that
/// are not there) or what struck a worker from outside fails no run: the group
/// is left, with the cause in its status.json. Throws Error when another front
/// end works on the directory (naming host, pid and since when), or when no
/// worker can be started.
ExecuteSummary Execute(const SweepDir& dir, const Plan& plan,
                       const ExecuteOptions& options, Progress& progress);

}  // namespace isoflop
