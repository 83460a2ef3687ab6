// What a careful person would say about a plan before it is run.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/sweep/plan.h"

namespace isoflop {

/// With fewer steps the loss of a run may be limited by steps, not by D.
/// Whoever proposes runs proposes none that this advises against.
inline constexpr std::int64_t kFewestSoundSteps = 500;

/// How many budgets a power law of N* needs, and how many sizes the parabola of
/// a budget: three points, and one to test it.
inline constexpr std::size_t kFewestSoundBudgets = 5;
inline constexpr std::size_t kFewestSoundSizes = 4;

/// Returns advice on what the plan cannot show: one seed, no learning-rate
/// check, few budgets, budgets with too few sizes for a parabola, runs of few
/// steps, a narrow range of N or D.
std::vector<std::string> Advice(const SweepSpec& spec, const Plan& plan);

}  // namespace isoflop
