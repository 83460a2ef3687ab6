#include "analysis/fit/isoflop_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/fit/power_law_fit.h"

namespace isoflop {
namespace {

std::vector<WeightedPoint> Optima(const std::vector<IsoflopBudget>& budgets,
                                  std::span<const double> weights,
                                  std::optional<Estimate> IsoflopBudget::*of) {
  std::vector<WeightedPoint> points;
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    const auto& optimum = budgets[i].*of;
    if (!optimum || weights[i] == 0.0) continue;
    points.push_back({budgets[i].flops, optimum->value, weights[i]});
  }
  return points;
}

std::string WhyUnsupported(const std::vector<IsoflopBudget>& budgets) {
  const auto interior = std::ranges::count(budgets, MinimumKind::kInterior,
                                           &IsoflopBudget::minimum);
  if (interior < 2) {
    return fmt::format(
        "{} of {} budgets with an interior minimum: at least 2 are needed",
        interior, budgets.size());
  }
  return "the coefficients of the power laws are too large or too small for "
         "numbers";
}

std::vector<double> WeightsOf(const std::vector<IsoflopBudget>& budgets) {
  std::vector<double> weights;
  weights.reserve(budgets.size());
  for (const IsoflopBudget& budget : budgets) weights.push_back(budget.weight);
  return weights;
}

void SetExponents(const IsoflopExponents& exponents, IsoflopFit* fit) {
  fit->a.value = exponents.a;
  fit->b.value = exponents.b;
  fit->params_coefficient = exponents.params_coefficient;
  fit->tokens_coefficient = exponents.tokens_coefficient;
}

bool LacksError(const IsoflopBudget& budget) {
  return budget.params_opt && !(budget.params_opt_log_error.value_or(0) > 0.0);
}

}  // namespace

std::optional<IsoflopExponents> FitExponents(
    const std::vector<IsoflopBudget>& budgets,
    std::span<const double> weights) {
  const auto params =
      FitPowerLaw(Optima(budgets, weights, &IsoflopBudget::params_opt));
  const auto tokens =
      FitPowerLaw(Optima(budgets, weights, &IsoflopBudget::tokens_opt));
  if (!params || !tokens) return std::nullopt;
  return IsoflopExponents{.a = params->exponent,
                          .b = tokens->exponent,
                          .params_coefficient = params->coefficient,
                          .tokens_coefficient = tokens->coefficient};
}

IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      const BudgetGroups& groups, IsoflopCurve curve,
                      std::span<const double> counts) {
  IsoflopFit fit;
  fit.curve = curve;
  fit.left_out = static_cast<int>(groups.left_out.size());
  fit.budgets = FitProfiles(observations, groups.budgets, curve, counts);
  const auto exponents = FitExponents(fit.budgets, WeightsOf(fit.budgets));
  if (!exponents) {
    fit.reason = WhyUnsupported(fit.budgets);
    return fit;
  }
  fit.status = FitStatus::kOk;
  SetExponents(*exponents, &fit);
  fit.a_unweighted = fit.a;
  return fit;
}

IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      IsoflopCurve curve) {
  return FitIsoflop(observations, GroupByBudget(observations), curve);
}

bool WeighByVariance(IsoflopFit* fit) {
  if (fit->status != FitStatus::kOk ||
      std::ranges::any_of(fit->budgets, LacksError)) {
    return false;
  }
  for (IsoflopBudget& budget : fit->budgets) {
    if (!budget.params_opt) continue;
    const double error = *budget.params_opt_log_error;
    budget.weight = 1.0 / (error * error);
  }
  const auto exponents = FitExponents(fit->budgets, WeightsOf(fit->budgets));
  if (!exponents) return false;
  fit->weights = MinimumWeights::kInverseVariance;
  SetExponents(*exponents, fit);
  return true;
}

}  // namespace isoflop
