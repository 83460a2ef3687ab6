// The middle and the scatter of a sample, whatever a few wild values are.

#pragma once

#include <vector>

namespace isoflop {

/// Returns the median. REQUIRES: at least one value.
double Median(std::vector<double> values);

/// Returns the standard deviation of the normal distribution that has the same
/// median distance from its middle: 1.4826 median |x - median(x)|.
/// REQUIRES: at least one value.
double ScaledMedianDeviation(const std::vector<double>& values);

/// How precise that is for normal values, as against their standard deviation:
/// it is known as well as the latter from this share of the values.
/// Source: Rousseeuw & Croux 1993 (JASA 88), section 1.
inline constexpr double kMedianDeviationEfficiency = 0.37;

}  // namespace isoflop
