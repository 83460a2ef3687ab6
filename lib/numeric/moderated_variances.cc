#include "lib/numeric/moderated_variances.h"

#include <cassert>
#include <cmath>
#include <optional>
#include <unsupported/Eigen/SpecialFunctions>

#include "lib/core/transformed.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

double Digamma(double x) { return Eigen::numext::digamma(x); }
double Trigamma(double x) { return Eigen::numext::polygamma(1.0, x); }

/// E[ln(s^2 / sigma^2)] of a variance with so many degrees of freedom.
double MeanLog(double degrees_of_freedom) {
  const double half = 0.5 * degrees_of_freedom;
  return Digamma(half) - std::log(half);
}

/// Returns x with Trigamma(x) = y; nothing where y is too small to tell x from
/// a limit.
std::optional<double> TrigammaInverse(double y) {
  double low = 1e-6;
  double high = 1e6;
  if (y <= Trigamma(high)) return std::nullopt;
  while (high > low * (1.0 + 1e-12)) {
    const double middle = std::sqrt(low * high);
    (Trigamma(middle) > y ? low : high) = middle;
  }
  return high;
}

}  // namespace

std::vector<double> ModeratedVariances(
    std::span<const EstimatedVariance> variances) {
  assert(variances.size() >= 2);
  const auto logs = Transformed(variances, [](const EstimatedVariance& v) {
    assert(v.value > 0.0 && v.degrees_of_freedom > 0.0);
    return std::log(v.value) - MeanLog(v.degrees_of_freedom);
  });
  const double mean = Mean(logs);
  const double by_chance =
      Mean(Transformed(variances, [](const EstimatedVariance& v) {
        return Trigamma(0.5 * v.degrees_of_freedom);
      }));
  const double deviation = StandardDeviation(logs);
  const auto half = TrigammaInverse(deviation * deviation - by_chance);
  if (!half) return std::vector<double>(variances.size(), std::exp(mean));
  const double degrees = 2.0 * *half;
  const double common = std::exp(mean + MeanLog(degrees));
  return Transformed(variances, [&](const EstimatedVariance& v) {
    return (degrees * common + v.degrees_of_freedom * v.value) /
           (degrees + v.degrees_of_freedom);
  });
}

}  // namespace isoflop
