#include <algorithm>
#include <cmath>

#include "analysis/fit/bootstrap.h"
#include "analysis/fit/spreads.h"

namespace isoflop {
namespace {

/// Returns a number of one budget of a replicate, where it has a minimum.
auto NumberOf(std::size_t budget,
              std::optional<Estimate> IsoflopBudget::*number) {
  return [=](const Replicate& replicate) -> std::optional<double> {
    const auto& found = replicate.isoflop.budgets[budget].*number;
    return found ? std::optional(found->value) : std::nullopt;
  };
}

void SetBudgetSpreads(const std::vector<Replicate>& replicates, int units,
                      std::size_t index, IsoflopBudget* budget) {
  for (std::optional<Estimate> IsoflopBudget::*number :
       {&IsoflopBudget::params_opt, &IsoflopBudget::tokens_opt,
        &IsoflopBudget::loss_opt}) {
    if (!(budget->*number)) continue;
    (budget->*number)->spread = SpreadOfMost(
        replicates, NumberOf(index, number), (budget->*number)->value, units);
  }
  std::vector<double> sizes =
      ValuesOf(replicates, NumberOf(index, &IsoflopBudget::params_opt));
  budget->interior_resamples = static_cast<int>(sizes.size());
  if (!budget->params_opt || !AreMost(sizes, replicates)) return;
  for (double& size : sizes) size = std::log(size);
  budget->params_opt_log_error = StandardDeviation(sizes);
}

/// Weights of the minima: none for those that the estimate does not have.
std::vector<double> WeightsOf(const IsoflopFit& fit, bool equal) {
  std::vector<double> weights;
  weights.reserve(fit.budgets.size());
  for (const IsoflopBudget& budget : fit.budgets) {
    const double weight = equal ? 1.0 : budget.weight;
    weights.push_back(budget.params_opt ? weight : 0.0);
  }
  return weights;
}

/// Returns the exponents of every replicate by the same weights.
std::vector<std::optional<IsoflopExponents>> ExponentsOf(
    const std::vector<Replicate>& replicates,
    const std::vector<double>& weights) {
  std::vector<std::optional<IsoflopExponents>> exponents;
  exponents.reserve(replicates.size());
  for (const Replicate& replicate : replicates) {
    exponents.push_back(FitExponents(replicate.isoflop.budgets, weights));
  }
  return exponents;
}

std::optional<Spread> SpreadOfExponent(
    const std::vector<std::optional<IsoflopExponents>>& all,
    double IsoflopExponents::*exponent, double estimate, int units) {
  std::vector<double> values;
  for (const auto& exponents : all) {
    if (exponents) values.push_back((*exponents).*exponent);
  }
  if (values.size() < 2 || 2 * values.size() < all.size()) return std::nullopt;
  return SpreadOf(std::move(values), estimate, units);
}

}  // namespace

void AddSpreads(const std::vector<Replicate>& replicates, int units,
                IsoflopFit* fit) {
  for (std::size_t i = 0; i < fit->budgets.size(); ++i) {
    SetBudgetSpreads(replicates, units, i, &fit->budgets[i]);
  }
  WeighByVariance(fit);
  const auto weighted = ExponentsOf(replicates, WeightsOf(*fit, false));
  fit->a.spread =
      SpreadOfExponent(weighted, &IsoflopExponents::a, fit->a.value, units);
  fit->b.spread =
      SpreadOfExponent(weighted, &IsoflopExponents::b, fit->b.value, units);
  fit->a_unweighted.spread =
      SpreadOfExponent(ExponentsOf(replicates, WeightsOf(*fit, true)),
                       &IsoflopExponents::a, fit->a_unweighted.value, units);
  fit->failed_resamples = static_cast<int>(std::ranges::count_if(
      weighted, [](const auto& exponents) { return !exponents; }));
}

}  // namespace isoflop
