// Recipes with known efficiencies, for tests of comparisons.

#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "analysis/observe/observation.h"
#include "tests/regress/synthetic.h"

namespace isoflop {

struct TrueRecipe {
  std::string name;
  double rho_N = 1.0;
  double rho_D = 1.0;
};

/// kSmallLaw with the A and B of a recipe.
inline Chinchilla LawOf(const TrueRecipe& recipe) {
  Chinchilla law = kSmallLaw;
  law.A *= std::pow(recipe.rho_N, -law.alpha);
  law.B *= std::pow(recipe.rho_D, -law.beta);
  return law;
}

/// The small sweep once for each recipe, losses on its law times exp(sigma z).
inline LabelledObservations RecipeSweep(const std::vector<TrueRecipe>& recipes,
                                        double sigma = 0.0,
                                        std::uint64_t seed = 0) {
  std::vector<Observation> rows;
  std::vector<std::string> labels;
  for (const TrueRecipe& recipe : recipes) {
    for (Observation o : SmallSweep()) {
      o.L = Loss(LawOf(recipe), o.N, o.D);
      labels.push_back(recipe.name);
      rows.push_back(std::move(o));
    }
  }
  if (sigma > 0.0) rows = WithNoise(std::move(rows), sigma, seed);
  return {MakeSet(std::move(rows)), std::move(labels)};
}

}  // namespace isoflop
