#include "lib/numeric/robust_scale.h"

#include <algorithm>
#include <cmath>

#include "lib/core/transformed.h"
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

}  // namespace isoflop
