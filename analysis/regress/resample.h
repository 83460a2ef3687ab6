// Drawing with replacement, as a pure function of (seed, resample).

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/observe/observation.h"
#include "lib/core/error.h"
#include "lib/core/names.h"

namespace isoflop {

/// What the bootstrap draws. Runs of one trunk share its noise, so a group is
/// the honest unit where there are groups.
enum class ResampleUnit { kRun, kGroup };

constexpr std::array<NamedValue<ResampleUnit>, 2> EnumNames(ResampleUnit) {
  return {{{ResampleUnit::kRun, "run"}, {ResampleUnit::kGroup, "group"}}};
}

/// Fewer resamples have no 2.5 and 97.5 percentiles to speak of: the command
/// line takes no fewer.
inline constexpr int kFewestResamples = 40;

struct BootstrapOptions {
  int resamples = 1000;              // 0: none
  std::optional<ResampleUnit> unit;  // absent: kGroup where there are groups
  std::uint64_t seed = 0;
  int threads = 0;  // 0 or more than cores: one per core. Only the time differs
};

/// Adds what is out of range, by its name on the command line.
void CheckBootstrap(const BootstrapOptions& options, Problems* problems);

/// What was resampled.
struct Resampling {
  int resamples = 0;
  ResampleUnit unit = ResampleUnit::kRun;
  int units = 0;  // how many runs or groups there were to draw from
  std::uint64_t seed = 0;
};

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

/// Returns what the options mean for these observations.
Resampling Resolve(const BootstrapOptions& options,
                   std::span<const Observation> observations);

/// With fewer units than this to draw from, resamples say nothing of intervals.
inline constexpr int kFewestUnits = 5;

}  // namespace isoflop
