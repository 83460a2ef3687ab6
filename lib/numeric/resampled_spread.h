// How uncertain a number is, from what resamples make of it.
//
// Percentiles of resamples are no honest interval for a law of five
// coefficients from a few dozen runs: resamples that drop the runs that matter
// fill their tails, and nothing makes up for a handful of trunks. So the
// interval takes the middle of the resamples for a standard error and its width
// from Student's t. How often it covers the truth: docs/coverage.md.
//
// Source: Efron & Tibshirani 1993, chapters 6, 12 and 13.

#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace isoflop {

/// Both ends belong to it.
struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// How uncertain a number is, by the bootstrap resamples: see SpreadOf.
struct Spread {
  double standard_error = 0.0;  // sample standard deviation
  Interval interval95;          // t times the robust spread on each side
  Interval percentile95 = {};   // 2.5 and 97.5 percentiles of the resamples
};

/// Returns the spread of a number that has `values` in the resamples of so many
/// units (runs or groups):
///
///   percentile95  2.5 and 97.5 percentiles, interpolated linearly
///   interval95    estimate +- t s,  s = (P84.13 - P15.87) / 2,
///
/// P the percentiles of the values and t the 97.5 % point of Student's t with
/// units - 1 degrees of freedom; fewer than two units: not known, t = 1.96. It
/// is taken in logarithms where the estimate and all values are above 0, and
/// ends at the least and the largest of all of these: none of them crosses a
/// bound that the number has. REQUIRES: at least two values.
Spread SpreadOf(std::vector<double> values, double estimate, int units);

/// Returns half of what the middle 68 % of the values span, P84.13 - P15.87: a
/// standard deviation that stray values do not move. REQUIRES: two values.
double HalfMiddleSpread(std::vector<double> values);

/// Whether so many values are enough to tell how a number spreads over this
/// many resamples, of which the others have none: at least half, and two.
constexpr bool AreMost(std::size_t values, std::size_t resamples) {
  return values >= 2 && 2 * values >= resamples;
}

/// Returns SpreadOf the values that `resamples` resamples have left, or nothing
/// unless AreMost.
std::optional<Spread> SpreadOfMost(std::vector<double> values,
                                   std::size_t resamples, double estimate,
                                   int units);

/// Returns what the resamples that have `number`, a function that may have no
/// value, give for it, in order; what is not finite is left out.
template <typename Resamples, typename Number>
std::vector<double> FiniteValues(const Resamples& resamples, Number number) {
  std::vector<double> values;
  values.reserve(resamples.size());
  for (const auto& resample : resamples) {
    const std::optional<double> value = number(resample);
    if (value && std::isfinite(*value)) values.push_back(*value);
  }
  return values;
}

}  // namespace isoflop
