#include "analysis/solve/residual_density.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "analysis/solve/penalty.h"

namespace isoflop {
namespace {

using WeightedResiduals = std::span<const WeightedResidual>;

/// sum_i w_i rho(r_i).
double Sum(WeightedResiduals residuals,
           const std::function<double(double)>& rho) {
  double sum = 0.0;
  for (const auto& r : residuals) sum += r.weight * rho(r.value);
  return sum;
}

double SumOfLogWeights(WeightedResiduals residuals) {
  double sum = 0.0;
  for (const auto& r : residuals) sum += std::log(r.weight);
  return sum;
}

double Normal(WeightedResiduals residuals) {
  const auto count = static_cast<double>(residuals.size());
  const double variance =
      Sum(residuals, [](double r) { return r * r; }) / count;
  return 0.5 * (SumOfLogWeights(residuals) -
                count * (std::log(2.0 * std::numbers::pi * variance) + 1.0));
}

double Laplace(WeightedResiduals residuals) {
  const auto count = static_cast<double>(residuals.size());
  const double scale =
      Sum(residuals, [](double r) { return std::abs(r); }) / count;
  return SumOfLogWeights(residuals) - count * (std::log(2.0 * scale) + 1.0);
}

double LogHuberNormaliser(double delta, double t) {
  const double inside = std::sqrt(2.0 * std::numbers::pi * t) *
                        std::erf(delta / std::sqrt(2 * t));
  const double outside = 2.0 * t / delta * std::exp(-delta * delta / (2.0 * t));
  return std::log(inside + outside);
}

/// At its maximum over ln s, which it has only one of: it is concave in 1 / s.
double Huber(WeightedResiduals residuals, double delta) {
  const Penalty penalty = Penalty::Huber(delta);
  const double sum = Sum(residuals, [&](double r) { return penalty(r).value; });
  const auto at = [&](double log_scale) {
    double value = -sum / std::exp(log_scale);
    for (const auto& r : residuals) {
      value -= LogHuberNormaliser(delta, std::exp(log_scale) / r.weight);
    }
    return value;
  };
  // Golden section around sum / n, the scale of an exponential tail.
  const double middle = std::log(sum / static_cast<double>(residuals.size()));
  double low = middle - 10.0;
  double high = middle + 10.0;
  const double share = std::numbers::phi - 1.0;
  while (high - low > 1e-8) {
    const double left = high - share * (high - low);
    const double right = low + share * (high - low);
    (at(left) < at(right) ? low : high) = at(left) < at(right) ? left : right;
  }
  return at(0.5 * (low + high));
}

}  // namespace

std::optional<ResidualLikelihood> LikelihoodOf(
    WeightedResiduals residuals, const ObjectiveOptions& objective) {
  const double largest = Sum(residuals, [](double r) { return std::abs(r); });
  if (!(largest > 1e-12) || !std::isfinite(largest)) return std::nullopt;
  switch (objective.loss) {
    case LossKind::kL2:
      return ResidualLikelihood{Normal(residuals), 1};
    case LossKind::kLad:
      return ResidualLikelihood{Laplace(residuals), 1};
    case LossKind::kHuber:
      return ResidualLikelihood{Huber(residuals, objective.delta), 1};
    case LossKind::kStudentT:
      break;
  }
  const auto density = EstimateStudentT(residuals);
  if (!density) return std::nullopt;
  const Penalty penalty = Penalty::Student(*density);
  return ResidualLikelihood{
      -Sum(residuals, [&](double r) { return penalty(r).value; }), 2};
}

double Aicc(double log_likelihood, int parameters, int runs) {
  const double p = parameters;
  return 2.0 * p - 2.0 * log_likelihood +
         2.0 * p * (p + 1.0) / (runs - p - 1.0);
}

}  // namespace isoflop
