// How a sweep stands, as a person reads it.

#pragma once

#include <string>

#include "lib/record/sweep_status.h"

namespace isoflop {

/// Returns the counts, what is being trained now, the rate and the time left.
std::string StatusText(const SweepStatus& status);

}  // namespace isoflop
