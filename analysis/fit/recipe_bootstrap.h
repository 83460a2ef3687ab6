// The joint fits of a comparison, repeated on resampled runs.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/fit/bootstrap.h"
#include "analysis/fit/recipe_resample.h"
#include "analysis/fit/recipe_solver.h"

namespace isoflop {

/// The laws of both fits on one resample; absent where they are not determined
/// or were not asked for.
struct RecipeReplicate {
  std::optional<std::vector<Chinchilla>> joint;
  std::optional<std::vector<Chinchilla>> separate;
};

/// A fit to be repeated. `estimate` is empty where there is none.
struct RefitProblem {
  RecipeSolver solver;
  std::vector<Chinchilla> estimate;
};

/// Returns one replicate for each resample, a function of (seed, number of the
/// resample) alone. `threads` 0: one per core.
std::vector<RecipeReplicate> ResampleRecipes(const RecipeUnits& units,
                                             std::size_t observations,
                                             const Resampling& resampling,
                                             const RefitProblem& joint,
                                             const RefitProblem& separate,
                                             int threads);

}  // namespace isoflop
