// What this machine can do, measured: so that a plan can say how long it takes,
// and so that a slow set-up is noticed before it has cost a night.

#pragma once

#include "lib/model/tensor.h"
#include "lib/record/worker_protocol.h"

namespace isoflop {

/// Measures for about a second, and a little longer for every GPU, and
/// returns what there is.
ProbeReport MeasureMachine();

/// Returns the FLOP/s of a product of two square matrices, on one thread of a
/// CPU or on all of a GPU: the best of what is tried in so many `seconds`.
double ProductRate(at::ScalarType dtype, at::Device device, double seconds);

}  // namespace isoflop
