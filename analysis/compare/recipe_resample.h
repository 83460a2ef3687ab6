// Resampling of recipes, and their fits to the resamples: within each, and the
// same runs of all where the designs are the same, because runs of one size,
// data order and seed share noise.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/compare/recipe_fit.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/resample.h"

namespace isoflop {

/// What is drawn together: with replacement, within each stratum as many units
/// as it has; a unit is a set of observation indices.
struct RecipeUnits {
  bool paired = false;  // one stratum, of units that hold a run of each recipe
  std::vector<std::vector<std::vector<std::size_t>>> strata;

  int size() const;      // units in all
  int smallest() const;  // of the stratum with the fewest units

  /// Returns how many units of each of so many recipes there are; paired ones
  /// are of every recipe.
  std::vector<int> OfRecipes(int recipes) const;
};

/// Returns the units of the observations' recipes. They are paired where every
/// recipe has the same number of units and the k-th units, ordered by seed,
/// then D, then N, agree in seed, in how many runs they have and in every D;
/// N may differ, as a recipe may add parameters.
RecipeUnits UnitsOf(std::span<const Observation> observations,
                    std::span<const int> recipes, int count, ResampleUnit unit);

/// Returns how often each of `observations` observations was drawn.
std::vector<double> DrawRecipes(const RecipeUnits& units,
                                std::size_t observations, std::uint64_t seed,
                                int index);

/// The laws of both fits on one resample; absent where they are not determined
/// or were not asked for.
struct RecipeReplicate {
  std::optional<std::vector<Chinchilla>> joint;
  std::optional<std::vector<Chinchilla>> separate;
};

/// Returns one replicate for each resample, a function of (seed, number of the
/// resample) alone. `separate` null: not asked for. `threads` 0: one per core.
std::vector<RecipeReplicate> ResampleRecipes(const RecipeUnits& units,
                                             std::size_t observations,
                                             const Resampling& resampling,
                                             const RecipeRefits& joint,
                                             const RecipeRefits* separate,
                                             int threads);

}  // namespace isoflop
