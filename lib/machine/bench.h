// Measures groups with real workers, a process for each, so that every peak of
// memory is a group's own.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lib/machine/worker_path.h"
#include "lib/record/bench_protocol.h"
#include "lib/sweep/plan.h"

namespace isoflop {

struct BenchOptions {
  WorkerProgram worker = {};
  std::string device = "cpu";
  double seconds = 2.0;  // of measuring a group
  bool profile = false;
  std::size_t at_a_time = 1;  // workers
};

struct BenchOutcome {
  std::vector<BenchReport> reports;  // of each group, unless `signal`
  std::optional<int> signal;         // SIGINT or SIGTERM, if that ended it
};

/// Throws Error, with what the worker said last, when it fails or takes longer
/// than a slow core would.
BenchOutcome MeasureGroups(const std::vector<RunGroup>& groups,
                           const BenchOptions& options);

}  // namespace isoflop
