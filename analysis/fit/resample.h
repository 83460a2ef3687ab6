// Drawing with replacement, as a pure function of (seed, resample).

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/fit/fit_options.h"
#include "analysis/fit/observation.h"

namespace isoflop {

/// Returns whether two observations share a trunk.
bool HasGroups(std::span<const Observation> observations);

/// Returns what is drawn as one, as indices of observations: every run, or
/// every group, in the order of first appearance.
std::vector<std::vector<std::size_t>> ResampleUnits(
    std::span<const Observation> observations, ResampleUnit unit);

/// Draws as many units as there are, with replacement, and returns how often
/// each of `observations` observations was drawn. `index` numbers the resample.
std::vector<double> DrawCounts(
    const std::vector<std::vector<std::size_t>>& units,
    std::size_t observations, std::uint64_t seed, int index);

}  // namespace isoflop
