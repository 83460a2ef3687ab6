// Which runs to train next, for programs and for people.

#pragma once

#include <cstddef>
#include <string>

#include "analysis/report/next_runs.h"
#include "lib/core/json.h"

namespace isoflop {

inline constexpr std::string_view kNextSchema = "isoflop.next/1";

/// Returns what `isoflop next --json` prints.
Json NextJson(const StoredFit& fit, const NextRuns& next);

/// Returns a table of the runs, in the order of what they are worth, with what
/// is known before and after.
std::string NextText(const NextRuns& next, std::size_t width = 80);

}  // namespace isoflop
