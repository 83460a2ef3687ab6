// Mean, deviation and percentiles of a sample.

#pragma once

#include <vector>

namespace isoflop {

/// Returns the mean. REQUIRES: at least one value.
double Mean(const std::vector<double>& values);

/// Returns the sum of the squared distances from the mean. REQUIRES: at least
/// one value.
double SquaresAboutMean(const std::vector<double>& values);

/// Returns the sample standard deviation. REQUIRES: at least two values.
double StandardDeviation(const std::vector<double>& values);

/// Returns the percentile at `share` of sorted values, interpolated linearly.
/// REQUIRES: at least one value, 0 <= share <= 1.
double Percentile(const std::vector<double>& sorted, double share);

}  // namespace isoflop
