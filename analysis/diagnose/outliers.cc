#include "analysis/diagnose/outliers.h"

#include <algorithm>
#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/robust_scale.h"

namespace isoflop {

std::optional<Outliers> OutliersOf(const Residuals& residuals,
                                   int coefficients) {
  const auto count = static_cast<double>(residuals.runs.size());
  const double spare = count - coefficients;
  if (spare < kFewestForOutliers) return std::nullopt;
  const auto logs = Transformed(residuals.runs, &RunResidual::log_residual);
  const double middle = Median(logs);
  Outliers found;
  found.scale = std::max(ScaledMedianDeviation(logs) * std::sqrt(count / spare),
                         kRoundedLoss);
  found.limit =
      found.scale * StudentTQuantile(1.0 - kFalseOutliers / (2.0 * count),
                                     kMedianDeviationEfficiency * spare);
  const auto distance = [&](const RunResidual& r) {
    return std::abs(r.log_residual - middle);
  };
  std::ranges::copy_if(
      residuals.runs, std::back_inserter(found.runs),
      [&](const RunResidual& r) { return distance(r) > found.limit; });
  std::ranges::stable_sort(found.runs, std::ranges::greater(), distance);
  return found;
}

}  // namespace isoflop
