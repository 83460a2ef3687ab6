#include "analysis/compare/unexplained_runs.h"

#include <algorithm>
#include <cmath>

#include "lib/numeric/robust_scale.h"

namespace isoflop {
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
                    .predicted = predicted,
                    .line = o.line});
  }
  const auto reach = ReachOfNoise(residuals, parameters, kRoundedLoss);
  if (!reach) return {};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].spreads = std::abs(residuals[i] - reach->middle) / reach->scale;
  }
  std::erase_if(runs, [&](const UnexplainedRun& run) {
    return run.spreads <= reach->limit / reach->scale;
  });
  std::ranges::stable_sort(runs, std::greater<>(), &UnexplainedRun::spreads);
  return runs;
}

}  // namespace isoflop
