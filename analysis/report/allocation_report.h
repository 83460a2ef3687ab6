// Allocations for programs and for people: how a budget is best spent, how
// certain that is, and how far beyond the data.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "analysis/fit/allocation.h"
#include "analysis/report/stored_fit.h"
#include "lib/core/json.h"

namespace isoflop {

inline constexpr std::string_view kAllocationSchema = "isoflop.allocation/1";

/// Returns one element of "allocations".
Json ToJson(const Allocation& allocation);

/// Returns what `isoflop allocate --json` prints.
Json AllocationJson(const StoredFit& fit,
                    std::span<const Allocation> allocations);

/// Returns a table of N*, D*, D/N and loss, 95 % intervals below the numbers,
/// and the decades of C beyond the data; a list where `width` columns are too
/// few for the table. `largest_flops` absent: how far the data reach is not
/// known, and is not said.
std::string AllocationText(std::span<const Allocation> allocations,
                           std::optional<double> largest_flops,
                           std::size_t width = 80);

}  // namespace isoflop
