// Runs that an IsoFLOP profile is better without: one that diverged moves the
// lowest point of a parabola of least squares as far as it likes.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/observe/budgets.h"
#include "analysis/observe/observation.h"

namespace isoflop {

/// A run is off its profile when it is so many standard deviations from the
/// parabola through the other runs, that of the prediction included.
inline constexpr double kOffProfile = 3.0;

/// Returns which of the `candidates`, runs that no noise explains by another
/// measure, are off their profile as well, ascending. The deviation is that of
/// the other runs from their parabola, or of the profile in the middle where
/// that is larger. A profile that would be left with fewer than four runs or
/// three sizes keeps its own.
///
/// Both measures are asked because each alone takes a law for granted: a
/// surface may be of the wrong form, and no valley is a parabola.
std::vector<std::size_t> RunsOffProfiles(
    std::span<const Observation> observations, const BudgetGroups& groups,
    std::span<const std::size_t> candidates);

/// Returns the groups without these runs. REQUIRES: `runs` ascend.
BudgetGroups Without(BudgetGroups groups, std::span<const std::size_t> runs);

}  // namespace isoflop
