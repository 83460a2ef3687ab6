// Allocations for programs and for people: how a budget is best spent, how
// certain that is, and how far beyond the data.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "analysis/decide/allocation.h"
#include "analysis/report/text_page.h"
#include "lib/core/json.h"

namespace isoflop {

/// Returns one element of "allocations".
Json ToJson(const Allocation& allocation);

/// Writes a table of N*, D*, D/N and loss, 95 % intervals below the numbers,
/// and the decades of C beyond the data, a list where the page is too narrow;
/// then what single runs will have for losses, where the noise is known.
/// `largest_flops` absent: how far the data reach is not known, and not said.
void PutAllocations(TextPage* page, std::span<const Allocation> allocations,
                    std::optional<double> largest_flops);

/// Returns the same as a page.
std::string AllocationText(std::span<const Allocation> allocations,
                           std::optional<double> largest_flops,
                           std::size_t width = 80);

/// Writes the line that says what decades count from, if any are beyond it.
void PutReach(TextPage* page, bool any_beyond,
              std::optional<double> largest_flops);

}  // namespace isoflop
