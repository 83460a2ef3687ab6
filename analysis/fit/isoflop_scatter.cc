#include "analysis/fit/isoflop_scatter.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "lib/core/transformed.h"
#include "lib/numeric/moderated_variances.h"

namespace isoflop {
namespace {

bool LacksError(const IsoflopBudget& budget) {
  return budget.has_minimum() &&
         budget.params_opt_log_error.value_or(0.0) < kLeastLogError;
}

std::vector<IsoflopBudget*> MinimaOf(std::vector<IsoflopBudget>* budgets) {
  std::vector<IsoflopBudget*> minima;
  for (IsoflopBudget& budget : *budgets) {
    if (budget.has_minimum()) minima.push_back(&budget);
  }
  return minima;
}

/// Degrees of freedom of the residuals of a profile.
int NoiseDegrees(const IsoflopBudget* budget) { return budget->points - 3; }

/// ln N* on ln C, with moderated variances.
std::vector<NoisyPoint> NoisyMinima(const std::vector<IsoflopBudget*>& minima) {
  const auto variances =
      ModeratedVariances(Transformed(minima, [](const IsoflopBudget* budget) {
        const double error = *budget->params_opt_log_error;
        return EstimatedVariance{error * error,
                                 static_cast<double>(NoiseDegrees(budget))};
      }));
  std::vector<NoisyPoint> points;
  for (std::size_t i = 0; i < minima.size(); ++i) {
    points.push_back({std::log(minima[i]->flops),
                      std::log(minima[i]->params_opt->value), variances[i]});
  }
  return points;
}

/// A quantity of the minima, in logarithms of it and of C.
std::vector<WeightedPoint> LogPoints(
    const IsoflopFit& fit, std::optional<Estimate> IsoflopBudget::*quantity) {
  std::vector<WeightedPoint> points;
  for (const IsoflopBudget& budget : fit.budgets) {
    if (!budget.has_minimum()) continue;
    points.push_back({std::log(budget.flops),
                      std::log((budget.*quantity)->value), budget.weight});
  }
  return points;
}

}  // namespace

bool WeighByVariance(IsoflopFit* fit) {
  assert(fit->status == FitStatus::kOk);
  std::vector<IsoflopBudget> budgets = fit->budgets;
  if (std::ranges::any_of(budgets, LacksError)) return false;
  const auto minima = MinimaOf(&budgets);
  const auto points = NoisyMinima(minima);
  const auto degrees = Transformed(minima, NoiseDegrees);
  const auto heterogeneity = HeterogeneityAboutLine(
      points, std::accumulate(degrees.begin(), degrees.end(), 0));
  const double tau = heterogeneity ? heterogeneity->tau : 0.0;
  for (std::size_t i = 0; i < minima.size(); ++i) {
    minima[i]->params_opt_log_variance = points[i].variance;
    minima[i]->weight = 1.0 / (points[i].variance + tau * tau);
  }
  const auto exponents = FitExponents(budgets, WeightsOf(budgets));
  if (!exponents) return false;
  fit->budgets = std::move(budgets);
  fit->heterogeneity = heterogeneity;
  fit->weights = MinimumWeights::kInverseVariance;
  SetLaws(*exponents, fit);
  return true;
}

void AddExponentSpreads(IsoflopFit* fit) {
  std::vector<double> variances;
  for (const IsoflopBudget& budget : fit->budgets) {
    if (!budget.params_opt_log_variance) continue;
    variances.push_back(*budget.params_opt_log_variance);
  }
  auto params = LogPoints(*fit, &IsoflopBudget::params_opt);
  const auto tokens = LogPoints(*fit, &IsoflopBudget::tokens_opt);
  fit->a.spread = SlopeSpread(params, variances);
  fit->b.spread = SlopeSpread(tokens, variances);
  for (WeightedPoint& point : params) point.weight = 1.0;
  fit->a_unweighted.spread = SlopeSpread(params, variances);
}

}  // namespace isoflop
