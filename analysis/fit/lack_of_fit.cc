#include "analysis/fit/lack_of_fit.h"

#include <cmath>

#include "analysis/fit/distributions.h"

namespace isoflop {
namespace {

double PValue(const LackOfFit& test, const SeedNoise& noise) {
  if (noise.degrees_of_freedom) {
    return FUpperTail(test.F, test.degrees_of_freedom,
                      *noise.degrees_of_freedom);
  }
  return ChiSquaredUpperTail(test.degrees_of_freedom * test.F,
                             test.degrees_of_freedom);
}

}  // namespace

std::optional<LackOfFit> TestLackOfFit(
    std::span<const Observation> observations, const Chinchilla& law,
    const SeedNoise& noise, int coefficients) {
  const auto cells = Cells(observations);
  LackOfFit test;
  test.cells = static_cast<int>(cells.size());
  test.degrees_of_freedom = test.cells - coefficients;
  if (test.degrees_of_freedom < 1) return std::nullopt;
  double squares = 0.0;
  double weighted = 0.0;
  for (const auto& cell : cells) {
    const auto count = static_cast<double>(cell.size());
    double mean = 0.0;
    for (const std::size_t i : cell) mean += observations[i].L / count;
    const Observation& first = observations[cell.front()];
    const double miss = Loss(law, first.N, first.D) - mean;
    squares += miss * miss / test.cells;
    weighted += count * miss * miss;
  }
  test.rms_residual = std::sqrt(squares);
  test.F =
      weighted / test.degrees_of_freedom / (noise.loss_std * noise.loss_std);
  test.p_value = PValue(test, noise);
  return test;
}

}  // namespace isoflop
