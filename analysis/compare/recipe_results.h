// What follows from the fits of a comparison: efficiencies, multipliers and
// verdicts with their intervals.

#pragma once

#include <vector>

#include "analysis/compare/recipe_comparison.h"
#include "analysis/compare/recipe_resample.h"

namespace isoflop {

/// Fills in the rows of `result`, whose fits are there.
///
/// Intervals are of two recipes at a time. `units` are how many units of each
/// there were to draw from, the same ones where recipes are paired; Student's t
/// of an interval has one degree of freedom fewer than the smaller of the two
/// numbers, which is never too many (Welch 1938). Empty: no bootstrap.
void AddResults(const std::vector<RecipeReplicate>& replicates,
                const std::vector<int>& units,
                const std::vector<double>& budgets_flops,
                RecipeComparison* result);

/// Whether every efficiency and multiplier is a number.
bool AllNumbers(const RecipeComparison& result);

}  // namespace isoflop
