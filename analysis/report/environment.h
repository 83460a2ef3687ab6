// Where results come from: the machines and libraries that trained, and the
// program that exports.

#pragma once

#include <vector>

#include "lib/core/json.h"
#include "lib/record/run_result.h"

namespace isoflop {

/// Returns {"isoflop", "compiler", "os"} of this program and this machine, and
/// "devices" and "software" of the runs, each different one once.
Json EnvironmentJson(const std::vector<RunResult>& runs);

}  // namespace isoflop
