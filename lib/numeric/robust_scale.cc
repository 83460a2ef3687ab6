#include "lib/numeric/robust_scale.h"

#include <algorithm>
#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

/// 1 / the 75 % point of the standard normal distribution.
constexpr double kNormalScale = 1.482602218505602;

}  // namespace

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return Percentile(values, 0.5);
}

double ScaledMedianDeviation(const std::vector<double>& values) {
  const double middle = Median(values);
  return kNormalScale * Median(Transformed(values, [&](double value) {
           return std::abs(value - middle);
         }));
}

double RobustDeviation(const std::vector<double>& values) {
  return kNormalScale * Median(Transformed(values, [](double value) {
           return std::abs(value);
         }));
}

std::optional<NoiseReach> ReachOfNoise(const std::vector<double>& residuals,
                                       int coefficients, double rounding) {
  const auto count = static_cast<double>(residuals.size());
  const double spare = count - coefficients;
  if (spare < kFewestSpare) return std::nullopt;
  NoiseReach reach{.middle = Median(residuals)};
  reach.scale = std::max(
      ScaledMedianDeviation(residuals) * std::sqrt(count / spare), rounding);
  reach.limit =
      reach.scale * StudentTQuantile(1.0 - kBeyondByChance / (2.0 * count),
                                     kMedianDeviationEfficiency * spare);
  return reach;
}

}  // namespace isoflop
