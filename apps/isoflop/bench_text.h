// Measured speed, as a person reads it.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lib/machine/bench_result.h"

namespace isoflop {

/// Returns a table with a row per case, what its columns mean, where the time
/// of a step goes, if that was asked, and what a sweep would take.
std::string BenchText(const std::vector<BenchResult>& results,
                      const std::optional<SweepPrediction>& sweep,
                      std::size_t width);

}  // namespace isoflop
