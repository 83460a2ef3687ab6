// How fast this machine trains a group, against how fast it multiplies.

#pragma once

#include <functional>
#include <optional>

#include "lib/record/bench_protocol.h"

namespace isoflop {

/// Trains the command's group for a while: warms up, then lets blocks of
/// updates and of plain matrix products take turns, five of each. A rate of
/// tokens is that of a whole block, one of products the best in it.
///
/// Holds in memory what training holds, an evaluation and the snapshot of a
/// trunk with branches included, so that the peak is that of a sweep's worker;
/// it counts the process, libraries included, as `top` does (see
/// ProcessMemory).
///
/// Returns nothing when `stop`, asked before every update and product block,
/// said so. Throws Error for a device that is not there or data that cannot be
/// opened.
std::optional<BenchReport> MeasureTraining(const BenchCommand& command,
                                           const std::function<bool()>& stop);

}  // namespace isoflop
