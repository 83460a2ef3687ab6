// The middle and the scatter of a sample, whatever a few wild values are.

#pragma once

#include <optional>
#include <vector>

namespace isoflop {

/// Returns the median. REQUIRES: at least one value.
double Median(std::vector<double> values);

/// Returns the standard deviation of the normal distribution that has the same
/// median distance from its middle: 1.4826 median |x - median(x)|.
/// REQUIRES: at least one value.
double ScaledMedianDeviation(const std::vector<double>& values);

/// Returns the standard deviation of normal numbers around 0 whose median
/// magnitude is that of `values`. REQUIRES: at least one value.
double RobustDeviation(const std::vector<double>& values);

/// How precise ScaledMedianDeviation is for normal values, as against their
/// standard deviation: it is known as well as the latter from this share of the
/// values. Source: Rousseeuw & Croux 1993 (JASA 88), section 1.
inline constexpr double kMedianDeviationEfficiency = 0.37;

/// How far noise reaches among the residuals of a fit.
struct NoiseReach {
  double middle = 0.0;  // their median
  double scale = 0.0;   // their scatter s
  double limit = 0.0;   // of |residual - middle|
};

/// One sample in so many of normal noise alone has a value beyond the limit.
inline constexpr double kBeyondByChance = 0.02;

/// Returns
///
///   limit = t s,  s = ScaledMedianDeviation sqrt(n / (n - p)),
///
/// n residuals of a fit of p coefficients; s is at least `rounding`. Neither a
/// few wild values nor a penalty that they bend can move it. t is the point of
/// Student's t beyond which, on either side, lies kBeyondByChance / n of it,
/// with .37 (n - p) degrees of freedom, as s is worth so many residuals.
/// Nothing where n - p is below kFewestSpare.
std::optional<NoiseReach> ReachOfNoise(const std::vector<double>& residuals,
                                       int coefficients, double rounding);

inline constexpr int kFewestSpare = 5;

/// Losses are taken to be right to this part of them: scatter of their
/// logarithms below it is their rounding.
inline constexpr double kRoundedLoss = 1e-5;

}  // namespace isoflop
