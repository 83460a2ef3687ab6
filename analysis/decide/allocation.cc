#include "analysis/decide/allocation.h"

#include <algorithm>
#include <cmath>

#include "analysis/decide/choices.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

Allocation AllocateOne(const LawBasis& basis, double flops) {
  const Choices<Optimum> best(basis, [flops](const Chinchilla& law) {
    return std::optional(OptimumAt(law, flops));
  });
  Allocation allocation;
  SetBestRun(best, &allocation);
  allocation.flops = flops;
  allocation.loss = best.Of(&Optimum::loss);
  if (basis.noise95 && allocation.loss.spread) {
    allocation.loss_prediction = PredictionInterval(
        best.best()->loss, allocation.loss.spread->interval95, *basis.noise95);
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

double DecadesBeyond(double flops, double largest_flops) {
  return std::max(0.0, std::log10(flops / largest_flops));
}

std::optional<double> DecadesBeyond(const LawBasis& basis, double flops) {
  if (!basis.largest_flops) return std::nullopt;
  return DecadesBeyond(flops, *basis.largest_flops);
}

Interval PredictionInterval(double loss, const Interval& interval95,
                            double noise95) {
  return {loss - std::hypot(loss - interval95.low, noise95),
          loss + std::hypot(interval95.high - loss, noise95)};
}

std::vector<Allocation> Allocate(const LawBasis& basis,
                                 std::span<const double> budgets) {
  return Transformed(
      budgets, [&basis](double flops) { return AllocateOne(basis, flops); });
}

}  // namespace isoflop
