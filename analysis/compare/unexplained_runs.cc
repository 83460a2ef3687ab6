#include "analysis/compare/unexplained_runs.h"

#include <algorithm>
#include <cmath>

#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

constexpr double kRoundingOfLosses = 1e-9;  // no deviation is below it

/// The deviation of noise, by residuals that a fit has made smaller.
double NoiseOf(const std::vector<double>& residuals, int parameters) {
  const auto runs = static_cast<double>(residuals.size());
  return std::max(
      RobustDeviation(residuals) * std::sqrt(runs / (runs - parameters)),
      kRoundingOfLosses);
}

}  // namespace

std::vector<UnexplainedRun> UnexplainedRuns(const LabelledRuns& labelled,
                                            std::span<const Chinchilla> laws,
                                            int parameters) {
  std::vector<UnexplainedRun> runs;
  std::vector<double> residuals;
  for (std::size_t i = 0; i < labelled.rows.size(); ++i) {
    const Observation& o = labelled.rows[i];
    const auto recipe = static_cast<std::size_t>(labelled.recipes[i]);
    const double predicted = Loss(laws[recipe], o.N, o.D);
    residuals.push_back(std::log(o.L / predicted));
    runs.push_back({.recipe = labelled.names[recipe],
                    .N = o.N,
                    .D = o.D,
                    .loss = o.L,
                    .predicted = predicted});
  }
  const double noise = NoiseOf(residuals, parameters);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].spreads = std::abs(residuals[i]) / noise;
  }
  std::erase_if(runs, [](const UnexplainedRun& run) {
    return run.spreads <= kUnexplained;
  });
  std::ranges::stable_sort(runs, std::greater<>(), &UnexplainedRun::spreads);
  return runs;
}

}  // namespace isoflop
