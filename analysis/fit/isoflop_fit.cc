#include "analysis/fit/isoflop_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/fit/profile_outliers.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

std::string WhyUnsupported(const std::vector<IsoflopBudget>& budgets) {
  const auto interior =
      std::ranges::count_if(budgets, &IsoflopBudget::has_minimum);
  if (interior < 2) {
    return fmt::format(
        "{} of {} budgets with an interior minimum: at least 2 are needed",
        interior, budgets.size());
  }
  return "the coefficients of the power laws are too large or too small for "
         "numbers";
}

/// Returns the observations with the losses of the surface.
std::vector<Observation> OnSurface(std::span<const Observation> observations,
                                   const Chinchilla& surface) {
  std::vector<Observation> exact(observations.begin(), observations.end());
  for (Observation& o : exact) o.L = Loss(surface, o.N, o.D);
  return exact;
}

/// Returns 6 N* D* of a profile, by the line of ln D on ln N: the compute that
/// the surface's own optimum is taken at.
double EffectiveFlops(const IsoflopBudget& budget) {
  return SixND(budget.params_opt->value, budget.tokens_opt->value);
}

void Correct(const IsoflopBudget& exact, const Chinchilla& surface,
             IsoflopBudget* budget) {
  const Optimum truth = OptimumAt(surface, EffectiveFlops(exact));
  const double ratio = exact.params_opt->value / truth.N;
  budget->params_bias = ratio - 1.0;
  // N* D* stays: the budget bought it, whatever the curve says of its parts.
  budget->params_opt_corrected = budget->params_opt->value / ratio;
  budget->tokens_opt_corrected = budget->tokens_opt->value * ratio;
}

}  // namespace

std::vector<double> WeightsOf(const std::vector<IsoflopBudget>& budgets) {
  return Transformed(budgets, [](const IsoflopBudget& budget) {
    return budget.has_minimum() ? budget.weight : 0.0;
  });
}

std::optional<OptimumLaws> FitExponents(
    const std::vector<IsoflopBudget>& budgets,
    std::span<const double> weights) {
  std::vector<BudgetOptimum> optima;
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    const IsoflopBudget& budget = budgets[i];
    if (!budget.has_minimum() || weights[i] == 0.0) continue;
    optima.push_back({budget.flops, budget.params_opt->value,
                      budget.tokens_opt->value, weights[i]});
  }
  return FitOptimumLaws(optima);
}

IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      const BudgetGroups& groups, const IsoflopOptions& options,
                      std::span<const double> counts) {
  IsoflopFit fit;
  fit.curve = options.curve;
  fit.left_out = static_cast<int>(groups.left_out.size());
  fit.budgets = FitProfiles(observations, groups.budgets, options, counts);
  const auto exponents = FitExponents(fit.budgets, WeightsOf(fit.budgets));
  if (!exponents) {
    fit.reason = WhyUnsupported(fit.budgets);
    return fit;
  }
  fit.status = FitStatus::kOk;
  SetLaws(*exponents, &fit);
  fit.a_unweighted = fit.a;
  return fit;
}

IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      const IsoflopOptions& options) {
  return FitIsoflop(observations, GroupByBudget(observations), options);
}

IsoflopFit FitIsoflopWithout(std::span<const std::size_t> candidates,
                             std::span<const Observation> observations,
                             const IsoflopOptions& options) {
  const BudgetGroups groups = GroupByBudget(observations);
  std::vector<std::size_t> off =
      RunsOffProfiles(observations, groups, candidates);
  IsoflopFit fit = FitIsoflop(observations, Without(groups, off), options);
  fit.left_aside = std::move(off);
  return fit;
}

void AddBias(std::span<const Observation> observations,
             const Chinchilla& surface, IsoflopFit* fit) {
  const IsoflopFit exact =
      FitIsoflop(OnSurface(observations, surface),
                 Without(GroupByBudget(observations), fit->left_aside),
                 {.curve = fit->curve});
  std::vector<double> weights = WeightsOf(fit->budgets);
  for (std::size_t i = 0; i < fit->budgets.size(); ++i) {
    if (!exact.budgets[i].params_opt) weights[i] = 0.0;
    if (!exact.budgets[i].params_opt || !fit->budgets[i].params_opt) continue;
    Correct(exact.budgets[i], surface, &fit->budgets[i]);
  }
  if (const auto exponents = FitExponents(exact.budgets, weights)) {
    fit->a_bias = exponents->a - ParamsExponent(surface);
    if (fit->status == FitStatus::kOk) {
      fit->a_corrected = fit->a.value - *fit->a_bias;
    }
  }
}

}  // namespace isoflop
