#include "lib/numeric/resampled_spread.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "lib/numeric/distributions.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

// P(Z <= 1) of the standard normal distribution.
constexpr double kOneSigma = 0.8413447460685429;

/// Half of what the middle 68 % of sorted values span.
double MiddleHalfWidth(const std::vector<double>& sorted) {
  return 0.5 *
         (Percentile(sorted, kOneSigma) - Percentile(sorted, 1.0 - kOneSigma));
}

Interval PlainInterval(const std::vector<double>& sorted, double estimate,
                       double t) {
  const double reach = t * MiddleHalfWidth(sorted);
  return {estimate - reach, estimate + reach};
}

Interval LogInterval(std::vector<double> sorted, double estimate, double t) {
  for (double& value : sorted) value = std::log(value);
  const double factor = std::exp(t * MiddleHalfWidth(sorted));
  return {estimate / factor, estimate * factor};
}

double QuantileOfT(int units) {
  return units < 2 ? kNormal975 : StudentTQuantile(0.975, units - 1);
}

}  // namespace

double HalfMiddleSpread(std::vector<double> values) {
  assert(values.size() >= 2);
  std::ranges::sort(values);
  return MiddleHalfWidth(values);
}

Spread SpreadOf(std::vector<double> values, double estimate, int units) {
  assert(values.size() >= 2);
  std::ranges::sort(values);
  const double t = QuantileOfT(units);
  const bool positive = estimate > 0.0 && values.front() > 0.0;
  const Interval interval = positive ? LogInterval(values, estimate, t)
                                     : PlainInterval(values, estimate, t);
  return {
      .standard_error = StandardDeviation(values),
      .interval95 = {std::max(interval.low, std::min(estimate, values.front())),
                     std::min(interval.high,
                              std::max(estimate, values.back()))},
      .percentile95 = {Percentile(values, 0.025), Percentile(values, 0.975)}};
}

std::optional<Spread> SpreadOfMost(std::vector<double> values,
                                   std::size_t resamples, double estimate,
                                   int units) {
  if (!AreMost(values.size(), resamples)) return std::nullopt;
  return SpreadOf(std::move(values), estimate, units);
}

}  // namespace isoflop
