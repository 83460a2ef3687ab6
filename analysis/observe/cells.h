// Runs that were trained at one place: the same N and the same D.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/observe/observation.h"

namespace isoflop {

/// Returns the runs of each (N, D), as indices, in the order of first
/// appearance. N and D count as equal as for ClassesOf.
std::vector<std::vector<std::size_t>> Cells(
    std::span<const Observation> observations);

}  // namespace isoflop
