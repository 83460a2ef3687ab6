// Runs with their recipes as numbers, and whether there are enough of each.

#pragma once

#include <string>
#include <vector>

#include "analysis/observe/observation.h"

namespace isoflop {

/// Observations with their recipes as numbers.
struct LabelledRuns {
  std::vector<Observation> rows;
  std::vector<int> recipes;
  std::vector<std::string> names;
};

/// Returns the runs of a set with one label for each, numbered in order of
/// appearance; `by` is what the labels are of. Throws Error with more than 20.
LabelledRuns NumberRecipes(const ObservationSet& set,
                           const std::vector<std::string>& labels,
                           const std::string& by);

/// Returns the number of a label; of none, 0. Throws Error when it is no
/// recipe.
int ReferenceOf(const LabelledRuns& labelled, const std::string& reference);

/// Returns the runs of one recipe.
std::vector<Observation> RunsOfRecipe(const LabelledRuns& labelled, int recipe);

/// Returns what keeps the recipes from being compared; empty when nothing does.
std::string TooFew(const LabelledRuns& labelled);

}  // namespace isoflop
