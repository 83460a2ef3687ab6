#include "analysis/fit/allocation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "analysis/fit/choices.h"

namespace isoflop {
namespace {

double NormalShareBelow(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// The share of the mixture that is below x.
double ShareBelow(const std::vector<double>& means, double loss_std, double x) {
  double share = 0.0;
  for (const double mean : means) {
    share += NormalShareBelow((x - mean) / loss_std);
  }
  return share / static_cast<double>(means.size());
}

/// The percentile of the mixture, by bisection to rounding.
double MixturePercentile(const std::vector<double>& means, double loss_std,
                         double share) {
  const auto [least, most] = std::ranges::minmax(means);
  double low = least - 9.0 * loss_std;  // nothing is outside of these
  double high = most + 9.0 * loss_std;
  for (int step = 0; step < 100; ++step) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;
    (ShareBelow(means, loss_std, middle) < share ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Allocation AllocateOne(const LawBasis& basis, double flops) {
  const Choices<Optimum> best(basis.law, basis.resampled,
                              [flops](const Chinchilla& law) {
                                return std::optional(OptimumAt(law, flops));
                              });
  const auto loss = [](const Optimum& o) { return o.loss; };
  Allocation allocation;
  allocation.flops = flops;
  allocation.params_opt = best.Of([](const Optimum& o) { return o.N; });
  allocation.tokens_opt = best.Of([](const Optimum& o) { return o.D; });
  allocation.tokens_per_param =
      best.Of([](const Optimum& o) { return o.D / o.N; });
  allocation.loss = best.Of(loss);
  if (basis.loss_std && allocation.loss.spread) {
    allocation.loss_prediction =
        PredictionInterval(best.ValuesOf(loss), *basis.loss_std);
  }
  allocation.extrapolation_decades = DecadesBeyond(basis, flops);
  return allocation;
}

}  // namespace

std::vector<double> DefaultBudgets(double largest_flops) {
  std::vector<double> budgets;
  for (const double times : {10.0, 100.0}) {
    const double flops = times * largest_flops;
    if (std::isfinite(flops)) budgets.push_back(flops);
  }
  return budgets;
}

std::optional<double> DecadesBeyond(const LawBasis& basis, double flops) {
  if (!basis.largest_flops) return std::nullopt;
  return std::max(0.0, std::log10(flops / *basis.largest_flops));
}

Interval PredictionInterval(const std::vector<double>& means, double loss_std) {
  assert(!means.empty() && loss_std > 0.0);
  return {MixturePercentile(means, loss_std, 0.025),
          MixturePercentile(means, loss_std, 0.975)};
}

std::vector<Allocation> Allocate(const LawBasis& basis,
                                 std::span<const double> budgets) {
  std::vector<Allocation> allocations;
  allocations.reserve(budgets.size());
  for (const double flops : budgets) {
    allocations.push_back(AllocateOne(basis, flops));
  }
  return allocations;
}

std::vector<Allocation> Allocate(const Chinchilla& law,
                                 std::span<const Chinchilla> resampled,
                                 std::span<const double> budgets,
                                 double largest_flops) {
  return Allocate(LawBasis{.law = law,
                           .resampled = resampled,
                           .largest_flops = largest_flops,
                           .loss_std = std::nullopt,
                           .repeated = std::nullopt},
                  budgets);
}

}  // namespace isoflop
