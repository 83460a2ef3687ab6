// Which runs were given the same compute.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/observe/observation.h"

namespace isoflop {

/// Runs without a nominal budget belong together while neighbours in C differ
/// by at most this (ratio minus 1) ...
inline constexpr double kBudgetGap = 0.02;

/// ... unless all of them together spread over more than this.
inline constexpr double kBudgetSpread = 0.25;

/// Runs of one budget, as indices into the observations.
struct Budget {
  double flops = 0.0;  // nominal, or the geometric mean of the runs' C
  std::vector<std::size_t> runs;
};

/// Budgets in ascending order of compute, and the runs that have none because
/// C runs on without a gap around them.
struct BudgetGroups {
  std::vector<Budget> budgets;
  std::vector<std::size_t> left_out;
};

/// Assigns every run to a budget: by its nominal budget where it has one, else
/// by C. A run alone is a budget too.
BudgetGroups GroupByBudget(std::span<const Observation> observations);

/// Returns the budgets of GroupByBudget, and one more for every compute of runs
/// that belong to none, all in ascending order of compute.
std::vector<Budget> Ladder(std::span<const Observation> observations);

/// Returns the index of the entry of `flops` that is nearest to C in ln;
/// nothing where none is within `apart`.
std::optional<std::size_t> NearestBudget(std::span<const double> flops,
                                         double C, double apart);

}  // namespace isoflop
