#include "analysis/diagnose/diagnostics.h"

#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

/// A noise that was given has no degrees of freedom: it is exact.
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
    const auto losses =
        Transformed(cell, [&](std::size_t i) { return observations[i].L; });
    const Observation& first = observations[cell.front()];
    const double miss = Loss(law, first.N, first.D) - Mean(losses);
    squares += miss * miss / test.cells;
    weighted += count * miss * miss;
  }
  test.rms_residual = std::sqrt(squares);
  test.F =
      weighted / test.degrees_of_freedom / (noise.loss_std * noise.loss_std);
  test.p_value = PValue(test, noise);
  return test;
}

Diagnostics Diagnose(std::span<const Observation> observations,
                     std::span<const SettingColumn> settings,
                     const ObjectiveOptions& options, const ChinchillaFit& fit,
                     const std::optional<SeedNoise>& noise, int threads,
                     FitProgress* progress) {
  if (fit.status != FitStatus::kOk) return {};
  Diagnostics diagnostics;
  diagnostics.residuals = ResidualsOf(observations, fit.law);
  const Residuals& residuals = *diagnostics.residuals;
  diagnostics.outliers = OutliersOf(residuals, fit.free);
  diagnostics.split = SettingThatSplits(observations, settings, residuals);
  diagnostics.curves = ColumnOfCurves(observations, settings, residuals);
  diagnostics.influence =
      StudyInfluence(observations, options, fit, threads, progress);
  if (noise) {
    diagnostics.lack_of_fit =
        TestLackOfFit(observations, fit.law, *noise, fit.free);
  }
  return diagnostics;
}

}  // namespace isoflop
