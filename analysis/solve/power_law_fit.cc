#include "analysis/solve/power_law_fit.h"

#include <cassert>
#include <cmath>

namespace isoflop {

std::optional<Line> FitLine(std::span<const WeightedPoint> points) {
  double weight = 0.0;
  double x = 0.0;
  double y = 0.0;
  for (const auto& p : points) {
    weight += p.weight;
    x += p.weight * p.x;
    y += p.weight * p.y;
  }
  if (!(weight > 0.0)) return std::nullopt;
  Line line{.mean_x = x / weight, .at_mean = y / weight};
  double square = 0.0;
  double product = 0.0;
  for (const auto& p : points) {
    const double from_mean = p.x - line.mean_x;
    square += p.weight * from_mean * from_mean;
    product += p.weight * from_mean * (p.y - line.at_mean);
  }
  // x that differ by rounding only would make a slope of anything.
  const double rounding = 1e-12 * (1.0 + std::abs(line.mean_x));
  if (!(square > weight * rounding * rounding)) return std::nullopt;
  line.slope = product / square;
  return line;
}

std::optional<Line> FitLogLine(std::span<const WeightedPoint> points) {
  std::vector<WeightedPoint> logs;
  logs.reserve(points.size());
  for (const auto& p : points) {
    assert(p.x > 0.0 && p.y > 0.0);
    logs.push_back({std::log(p.x), std::log(p.y), p.weight});
  }
  return FitLine(logs);
}

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
  std::vector<WeightedPoint> params;
  std::vector<WeightedPoint> tokens;
  params.reserve(optima.size());
  tokens.reserve(optima.size());
  for (const BudgetOptimum& o : optima) {
    params.push_back({o.C, o.N, o.weight});
    tokens.push_back({o.C, o.D, o.weight});
  }
  const auto N = FitPowerLaw(params);
  const auto D = FitPowerLaw(tokens);
  if (!N || !D) return std::nullopt;
  return OptimumLaws{.a = N->exponent,
                     .b = D->exponent,
                     .params_coefficient = N->coefficient,
                     .tokens_coefficient = D->coefficient};
}

}  // namespace isoflop
