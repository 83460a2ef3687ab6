// What is known of a run, for people.

#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "lib/record/run_log.h"

namespace isoflop {

/// Returns how the run stands, the last `lines` lines of its curve, and as many
/// of what workers wrote about it.
std::string RunLogText(const RunLog& log, std::size_t lines);

/// Returns the last `lines` lines of each worker's log, under its name.
std::string WorkerLogsText(std::span<const WorkerLine> all, std::size_t lines);

}  // namespace isoflop
