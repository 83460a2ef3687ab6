#include "analysis/fit/allocation.h"

#include <algorithm>
#include <cmath>

#include "analysis/fit/bootstrap.h"

namespace isoflop {
namespace {

Allocation AllocateOne(const Chinchilla& law,
                       std::span<const Chinchilla> resampled, double flops) {
  const Optimum best = OptimumAt(law, flops);
  std::vector<Optimum> others;
  others.reserve(resampled.size());
  for (const Chinchilla& other : resampled) {
    others.push_back(OptimumAt(other, flops));
  }
  const auto estimate = [&](auto quantity) {
    Estimate result{quantity(best), {}};
    if (others.size() < 2) return result;
    std::vector<double> values;
    values.reserve(others.size());
    for (const Optimum& other : others) values.push_back(quantity(other));
    result.spread = SpreadOf(std::move(values));
    return result;
  };
  Allocation allocation;
  allocation.flops = flops;
  allocation.params_opt = estimate([](const Optimum& o) { return o.N; });
  allocation.tokens_opt = estimate([](const Optimum& o) { return o.D; });
  allocation.tokens_per_param =
      estimate([](const Optimum& o) { return o.D / o.N; });
  allocation.loss = estimate([](const Optimum& o) { return o.loss; });
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

std::vector<Allocation> Allocate(const Chinchilla& law,
                                 std::span<const Chinchilla> resampled,
                                 std::span<const double> budgets,
                                 double largest_flops) {
  std::vector<Allocation> allocations;
  allocations.reserve(budgets.size());
  for (const double flops : budgets) {
    allocations.push_back(AllocateOne(law, resampled, flops));
    allocations.back().extrapolation_decades =
        std::max(0.0, std::log10(flops / largest_flops));
  }
  return allocations;
}

}  // namespace isoflop
