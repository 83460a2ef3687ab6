#include "analysis/compare/recipe_results.h"

#include <algorithm>
#include <cmath>

#include "analysis/decide/allocation.h"
#include "analysis/laws/recipe_scaling.h"
#include "analysis/solve/resampled_spread.h"

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

/// Estimates numbers of one recipe by one of the two fits.
class PairEstimator {
 public:
  using Laws = std::optional<std::vector<Chinchilla>> RecipeReplicate::*;

  PairEstimator(const RecipeFit& fit,
                const std::vector<RecipeReplicate>& replicates, Laws laws,
                int units, int recipe, int reference)
      : fit_(fit),
        replicates_(replicates),
        laws_(laws),
        units_(units),
        recipe_(static_cast<std::size_t>(recipe)),
        reference_(static_cast<std::size_t>(reference)) {}

  Estimate operator()(OfPair number, double C) const {
    Estimate estimate;
    estimate.value = number(fit_.laws[recipe_], fit_.laws[reference_], C);
    std::vector<double> values;
    for (const RecipeReplicate& replicate : replicates_) {
      const auto& laws = replicate.*laws_;
      if (!laws) continue;
      const double value = number((*laws)[recipe_], (*laws)[reference_], C);
      if (std::isfinite(value)) values.push_back(value);
    }
    const auto spread = SpreadOfMost(std::move(values), replicates_.size(),
                                     estimate.value, units_);
    if (spread && std::isfinite(spread->interval95.high)) {
      estimate.spread = spread;
    }
    return estimate;
  }

 private:
  const RecipeFit& fit_;
  const std::vector<RecipeReplicate>& replicates_;
  Laws laws_;
  int units_;
  std::size_t recipe_;
  std::size_t reference_;
};

std::optional<Verdict> VerdictOf(const Estimate& multiplier) {
  if (!multiplier.spread) return std::nullopt;
  const Interval& interval = multiplier.spread->interval95;
  if (std::log(interval.low) > kEqual) return Verdict::kBetter;
  if (std::log(interval.high) < -kEqual) return Verdict::kWorse;
  return Verdict::kIndistinguishable;
}

int FewestUnits(const std::vector<int>& units, int recipe, int reference) {
  if (units.empty()) return 0;
  return std::min(units[static_cast<std::size_t>(recipe)],
                  units[static_cast<std::size_t>(reference)]);
}

}  // namespace

void AddResults(const std::vector<RecipeReplicate>& replicates,
                const std::vector<int>& units,
                const std::vector<double>& budgets_flops,
                RecipeComparison* result) {
  // With shared exponents the multiplier is the same at every budget.
  constexpr double kAnyBudget = 6.0;
  for (int recipe = 0; recipe < static_cast<int>(result->recipes.size());
       ++recipe) {
    RecipeResult& row = result->recipes[static_cast<std::size_t>(recipe)];
    row.law = result->joint.laws[static_cast<std::size_t>(recipe)];
    if (recipe == result->reference) continue;
    const int fewest = FewestUnits(units, recipe, result->reference);
    const PairEstimator joint(result->joint, replicates,
                              &RecipeReplicate::joint, fewest, recipe,
                              result->reference);
    row.params_efficiency = joint(ParamsEfficiency, kAnyBudget);
    row.tokens_efficiency = joint(TokensEfficiency, kAnyBudget);
    row.compute_multiplier = joint(Multiplier, kAnyBudget);
    row.verdict = VerdictOf(row.compute_multiplier);
    if (result->separate.status != FitStatus::kOk) continue;
    const PairEstimator separate(result->separate, replicates,
                                 &RecipeReplicate::separate, fewest, recipe,
                                 result->reference);
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
