// The few distribution functions that intervals and tests need.

#pragma once

namespace isoflop {

/// Below this are 97.5 % of a standard normal distribution.
inline constexpr double kNormal975 = 1.959963984540054;

/// Returns P(T <= t) of Student's t distribution.
/// REQUIRES: degrees_of_freedom > 0.
double StudentTCdf(double t, double degrees_of_freedom);

/// Returns t with P(T <= t) = `share`, to a relative 1e-12.
/// REQUIRES: 0.5 <= share < 1 and degrees_of_freedom > 0.
double StudentTQuantile(double share, double degrees_of_freedom);

/// Returns P(F > f) of the F distribution, by the regularised incomplete beta
/// function: I_x(n / 2, m / 2), x = n / (n + m f), m and n the degrees of
/// freedom of numerator and denominator. REQUIRES: f >= 0, m > 0, n > 0.
double FUpperTail(double f, double numerator, double denominator);

/// Returns P(X > x) of the chi-squared distribution.
/// REQUIRES: x >= 0 and degrees_of_freedom > 0.
double ChiSquaredUpperTail(double x, double degrees_of_freedom);

}  // namespace isoflop
