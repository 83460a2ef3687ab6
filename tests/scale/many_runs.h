// A finished sweep of as many runs as wanted, without training: what commands
// that read whole directories are measured with.

#pragma once

#include <cstdint>
#include <filesystem>

#include "lib/core/json.h"

namespace isoflop {

/// Returns a sweep file of 16 runs a seed, four sizes of four D's each, with
/// seeds enough for `runs` runs or up to 15 more.
Json ManyRunsSweepFile(std::int64_t runs);

/// Makes `dir` the directory of that sweep, as `isoflop sweep` leaves it once
/// all is trained. Losses are those of FakeLaw (N total) with a noise of .2 %,
/// the same for the same number of runs. Returns how many runs there are.
/// Throws Error. REQUIRES: `dir` does not exist.
std::int64_t WriteManyRuns(const std::filesystem::path& dir, std::int64_t runs);

}  // namespace isoflop
