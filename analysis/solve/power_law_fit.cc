#include "analysis/solve/power_law_fit.h"

#include <cmath>

#include "lib/core/transformed.h"

namespace isoflop {

std::optional<PowerLaw> FitPowerLaw(std::span<const WeightedPoint> points) {
  const auto line = FitLogLine(points);
  if (!line) return std::nullopt;
  const PowerLaw law{.coefficient = std::exp(line->At(0.0)),
                     .exponent = line->slope};
  if (!std::isnormal(law.coefficient)) return std::nullopt;
  return law;
}

std::optional<OptimumLaws> FitOptimumLaws(
    std::span<const BudgetOptimum> optima) {
  const auto power_of_C = [&](double BudgetOptimum::*quantity) {
    return FitPowerLaw(Transformed(optima, [&](const BudgetOptimum& o) {
      return WeightedPoint{o.C, o.*quantity, o.weight};
    }));
  };
  const auto N = power_of_C(&BudgetOptimum::N);
  const auto D = power_of_C(&BudgetOptimum::D);
  if (!N || !D) return std::nullopt;
  return OptimumLaws{.a = N->exponent,
                     .b = D->exponent,
                     .params_coefficient = N->coefficient,
                     .tokens_coefficient = D->coefficient};
}

}  // namespace isoflop
