#include "analysis/diagnose/outliers.h"

#include <algorithm>
#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/robust_scale.h"

namespace isoflop {

std::optional<Outliers> OutliersOf(const Residuals& residuals,
                                   int coefficients) {
  const auto reach =
      ReachOfNoise(Transformed(residuals.runs, &RunResidual::log_residual),
                   coefficients, kRoundedLoss);
  if (!reach) return std::nullopt;
  Outliers found{.runs = {}, .scale = reach->scale, .limit = reach->limit};
  const auto distance = [&](const RunResidual& r) {
    return std::abs(r.log_residual - reach->middle);
  };
  std::ranges::copy_if(
      residuals.runs, std::back_inserter(found.runs),
      [&](const RunResidual& r) { return distance(r) > found.limit; });
  std::ranges::stable_sort(found.runs, std::ranges::greater(), distance);
  return found;
}

}  // namespace isoflop
