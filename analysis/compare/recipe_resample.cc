#include "analysis/compare/recipe_resample.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "analysis/regress/resample.h"
#include "lib/core/random.h"
#include "lib/core/share_work.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

using Unit = std::vector<std::size_t>;

/// The units of one recipe, in an order that other recipes share.
std::vector<Unit> UnitsOfRecipe(std::span<const Observation> observations,
                                std::span<const int> recipes, int recipe,
                                ResampleUnit kind) {
  std::vector<std::size_t> places;
  std::vector<Observation> own;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (recipes[i] != recipe) continue;
    places.push_back(i);
    own.push_back(observations[i]);
  }
  const auto key = [&](std::size_t i) {
    const Observation& o = observations[i];
    return std::tuple(o.seed, o.D, o.N, i);
  };
  std::vector<Unit> units = ResampleUnits(own, kind);
  for (Unit& unit : units) {
    for (std::size_t& i : unit) i = places[i];
    std::ranges::sort(unit, {}, key);
  }
  std::ranges::sort(units, {}, [&](const Unit& u) { return key(u.front()); });
  return units;
}

bool SameDesign(std::span<const Observation> observations, const Unit& a,
                const Unit& b) {
  return std::ranges::equal(a, b, [&](std::size_t i, std::size_t j) {
    const Observation& x = observations[i];
    const Observation& y = observations[j];
    return x.seed == y.seed && std::abs(x.D / y.D - 1.0) <= 1e-9;
  });
}

bool SameDesigns(std::span<const Observation> observations,
                 const std::vector<Unit>& a, const std::vector<Unit>& b) {
  return std::ranges::equal(a, b, [&](const Unit& x, const Unit& y) {
    return SameDesign(observations, x, y);
  });
}

/// One stratum whose k-th unit is the k-th of every recipe.
std::vector<std::vector<Unit>> Paired(
    const std::vector<std::vector<Unit>>& strata) {
  std::vector<Unit> pairs = strata.front();
  for (std::size_t recipe = 1; recipe < strata.size(); ++recipe) {
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      const Unit& other = strata[recipe][k];
      pairs[k].insert(pairs[k].end(), other.begin(), other.end());
    }
  }
  return {std::move(pairs)};
}

std::vector<int> SizesOf(const std::vector<std::vector<Unit>>& strata) {
  return Transformed(strata, [](const std::vector<Unit>& stratum) {
    return static_cast<int>(stratum.size());
  });
}

}  // namespace

int RecipeUnits::size() const {
  const std::vector<int> sizes = SizesOf(strata);
  return std::accumulate(sizes.begin(), sizes.end(), 0);
}

int RecipeUnits::smallest() const { return std::ranges::min(SizesOf(strata)); }

std::vector<int> RecipeUnits::OfRecipes(int recipes) const {
  if (!paired) return SizesOf(strata);
  return std::vector<int>(static_cast<std::size_t>(recipes), size());
}

RecipeUnits UnitsOf(std::span<const Observation> observations,
                    std::span<const int> recipes, int count,
                    ResampleUnit unit) {
  RecipeUnits units;
  for (int recipe = 0; recipe < count; ++recipe) {
    units.strata.push_back(UnitsOfRecipe(observations, recipes, recipe, unit));
  }
  units.paired = std::ranges::all_of(units.strata, [&](const auto& stratum) {
    return SameDesigns(observations, stratum, units.strata.front());
  });
  if (units.paired) units.strata = Paired(units.strata);
  return units;
}

std::vector<double> DrawRecipes(const RecipeUnits& units,
                                std::size_t observations, std::uint64_t seed,
                                int index) {
  std::vector<double> counts(observations, 0.0);
  for (std::size_t stratum = 0; stratum < units.strata.size(); ++stratum) {
    const auto drawn = DrawCounts(units.strata[stratum], observations,
                                  MixBits(seed, stratum), index);
    for (std::size_t i = 0; i < observations; ++i) counts[i] += drawn[i];
  }
  return counts;
}

std::vector<RecipeReplicate> ResampleRecipes(const RecipeUnits& units,
                                             std::size_t observations,
                                             const Resampling& resampling,
                                             const RecipeRefits& joint,
                                             const RecipeRefits* separate,
                                             int threads) {
  std::vector<RecipeReplicate> replicates(
      static_cast<std::size_t>(resampling.resamples));
  // Refits keep what they need from one to the next: each thread has its own.
  ShareWork(resampling.resamples, threads, [&] {
    std::optional<RecipeRefits> own_separate;
    if (separate != nullptr) own_separate = *separate;
    return [&, own_joint = joint, own_separate](int i) mutable {
      const auto counts = DrawRecipes(units, observations, resampling.seed, i);
      RecipeReplicate& replicate = replicates[static_cast<std::size_t>(i)];
      replicate.joint = own_joint.Refit(counts);
      if (own_separate) replicate.separate = own_separate->Refit(counts);
    };
  });
  return replicates;
}

}  // namespace isoflop
