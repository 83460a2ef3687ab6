// What this machine can do, measured: so that a plan can say how long it takes,
// and so that a slow set-up is noticed before it has cost a night.

#pragma once

#include "lib/record/worker_protocol.h"

namespace isoflop {

/// Measures for about a second, and a little longer for every GPU, and
/// returns what there is.
ProbeReport Probe();

}  // namespace isoflop
