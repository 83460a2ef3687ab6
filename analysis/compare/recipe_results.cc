#include "analysis/compare/recipe_results.h"

#include <algorithm>
#include <cmath>

#include "analysis/decide/allocation.h"
#include "analysis/laws/recipe_scaling.h"
#include "lib/numeric/resampled_spread.h"

namespace isoflop {
namespace {

/// A logarithm of a multiplier this near to 0 is rounding.
constexpr double kEqual = 1e-6;

/// A number of a recipe that follows from its law and the reference's.
using OfPair = double (*)(const Chinchilla& recipe, const Chinchilla& reference,
                          double C);

double ParamsEfficiency(const Chinchilla& recipe, const Chinchilla& reference,
                        double /*C*/) {
  return EfficiencyOf(recipe, reference).params;
}

double TokensEfficiency(const Chinchilla& recipe, const Chinchilla& reference,
                        double /*C*/) {
  return EfficiencyOf(recipe, reference).tokens;
}

double Multiplier(const Chinchilla& recipe, const Chinchilla& reference,
                  double C) {
  return std::exp(LogComputeMultiplier(recipe, reference, C));
}

/// A recipe and the reference, as indices, and how many units of the one that
/// has fewer there were to draw from.
struct Pair {
  std::size_t recipe;
  std::size_t reference;
  int units;
};

/// Estimates numbers of a pair by one of the two fits.
auto EstimatorBy(const RecipeFit& fit,
                 const std::vector<RecipeReplicate>& replicates,
                 std::optional<std::vector<Chinchilla>> RecipeReplicate::*laws,
                 const Pair& pair) {
  return [=, &fit, &replicates](OfPair number, double C) {
    const auto of = [&](const std::vector<Chinchilla>& all) {
      return number(all[pair.recipe], all[pair.reference], C);
    };
    Estimate estimate{of(fit.laws), {}};
    auto values = FiniteValues(replicates, [&](const RecipeReplicate& r) {
      return r.*laws ? std::optional(of(*(r.*laws))) : std::nullopt;
    });
    const auto spread = SpreadOfMost(std::move(values), replicates.size(),
                                     estimate.value, pair.units);
    if (spread && std::isfinite(spread->interval95.high)) {
      estimate.spread = spread;
    }
    return estimate;
  };
}

std::optional<Verdict> VerdictOf(const Estimate& multiplier) {
  if (!multiplier.spread) return std::nullopt;
  const Interval& interval = multiplier.spread->interval95;
  if (std::log(interval.low) > kEqual) return Verdict::kBetter;
  if (std::log(interval.high) < -kEqual) return Verdict::kWorse;
  return Verdict::kIndistinguishable;
}

}  // namespace

void AddResults(const std::vector<RecipeReplicate>& replicates,
                const std::vector<int>& units,
                const std::vector<double>& budgets_flops,
                RecipeComparison* result) {
  // With shared exponents the multiplier is the same at every budget.
  constexpr double kAnyBudget = 6.0;
  const auto reference = static_cast<std::size_t>(result->reference);
  for (std::size_t recipe = 0; recipe < result->recipes.size(); ++recipe) {
    RecipeResult& row = result->recipes[recipe];
    row.law = result->joint.laws[recipe];
    if (recipe == reference) continue;
    const int fewest =
        units.empty() ? 0 : std::min(units[recipe], units[reference]);
    const Pair pair{recipe, reference, fewest};
    const auto joint =
        EstimatorBy(result->joint, replicates, &RecipeReplicate::joint, pair);
    row.params_efficiency = joint(ParamsEfficiency, kAnyBudget);
    row.tokens_efficiency = joint(TokensEfficiency, kAnyBudget);
    row.compute_multiplier = joint(Multiplier, kAnyBudget);
    row.verdict = VerdictOf(row.compute_multiplier);
    if (result->separate.status != FitStatus::kOk) continue;
    const auto separate = EstimatorBy(result->separate, replicates,
                                      &RecipeReplicate::separate, pair);
    for (const double C : budgets_flops) {
      const Estimate multiplier = separate(Multiplier, C);
      if (!std::isfinite(multiplier.value) || !(multiplier.value > 0.0)) {
        continue;
      }
      row.budgets.push_back({.flops = C,
                             .decades = DecadesBeyond(C, result->largest_flops),
                             .multiplier = multiplier});
    }
  }
}

bool AllNumbers(const RecipeComparison& result) {
  return std::ranges::all_of(result.recipes, [](const RecipeResult& recipe) {
    const double product =
        recipe.params_efficiency.value * recipe.tokens_efficiency.value;
    return std::isfinite(product) && product > 0.0 &&
           std::isfinite(recipe.compute_multiplier.value);
  });
}

}  // namespace isoflop
