#include "analysis/fit/floor_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

/// Over the range of the data a term that falls by more is a step, not a power.
constexpr double kSteepestFall = 30.0;

}  // namespace

std::optional<FloorLaw> FitFloorLaw(std::span<const WeightedPoint> points) {
  if (points.empty()) return std::nullopt;
  std::vector<LawRun> runs;
  runs.reserve(points.size());
  for (const WeightedPoint& p : points) {
    LawRun& run = runs.emplace_back();
    run.x = p.x;
    run.y = p.y;
    run.weight = p.weight;
  }
  ObjectiveOptions squares;
  squares.loss = LossKind::kL2;
  const LawFit fit = FitLaw(FallingPowerLawModel(runs), runs,
                            {.objective = squares, .profiles = false});
  if (fit.status != FitStatus::kOk) return std::nullopt;
  const Eigen::VectorXd p = fit.values();
  const auto [low, high] = std::ranges::minmax(runs, {}, &LawRun::x);
  if (p[1] * std::log(high.x / low.x) > kSteepestFall) return std::nullopt;
  return FloorLaw{.floor = p[2],
                  .scale = p[0],
                  .exponent = p[1],
                  .rms_log_residual = fit.rms_log_residual,
                  .certificate = fit.certificate};
}

}  // namespace isoflop
