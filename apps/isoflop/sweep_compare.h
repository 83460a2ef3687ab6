// From a sweep directory that varies something to a comparison of what it
// varies.

#pragma once

#include <string>
#include <vector>

#include "analysis/compare/recipe_comparison.h"
#include "analysis/observe/sweep_observations.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

/// Compares the values of one axis, in words. Throws Error when no run has
/// ended well. Without budgets in `options`, the largest C and ten times that.
RecipeComparison CompareSweep(const Plan& plan,
                              const std::vector<RunResult>& results,
                              const SweepDir& dir, CompareOptions options,
                              const VariantChoice& choice = {});

/// Compares the values of every axis, prints each comparison and writes it to
/// compare-AXIS.json in the directory.
void ReportComparisons(const Plan& plan, const std::vector<RunResult>& results,
                       const SweepDir& dir);

/// Sets the budgets that are not given: the largest C in the data and ten times
/// that.
void SetDefaultBudgets(const ObservationSet& set, CompareOptions* options);

}  // namespace isoflop
