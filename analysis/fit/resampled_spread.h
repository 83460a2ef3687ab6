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

#include <vector>

#include "analysis/fit/estimate.h"

namespace isoflop {

/// Returns the sample standard deviation. REQUIRES: at least two values.
double StandardDeviation(const std::vector<double>& values);

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

}  // namespace isoflop
