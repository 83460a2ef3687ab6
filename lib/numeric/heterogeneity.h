// How far numbers scatter about a line beyond the noise that is known of each:
// the random-effects model of meta-analysis, with one covariate.

#pragma once

#include <optional>
#include <span>

#include "lib/numeric/least_squares.h"
#include "lib/numeric/resampled_spread.h"

namespace isoflop {

/// y at x, with the variance of its own noise.
struct NoisyPoint {
  double x = 0.0;
  double y = 0.0;
  double variance = 0.0;
};

/// What y has beside its noise.
struct Heterogeneity {
  double chi2 = 0.0;           // Cochran's Q about the line
  int degrees_of_freedom = 0;  // points - 2
  double p_value = 1.0;        // of so large a chi2 were there only the noise
  double tau = 0.0;            // its standard deviation, in units of y

  double PerDegree() const { return chi2 / degrees_of_freedom; }
};

/// Returns the heterogeneity about the line of y on x, or nothing with fewer
/// than three points and where FitLine has no line. With
///
///   y_i = line(x_i) + u_i + e_i,  Var u_i = tau^2,  Var e_i = variance_i,
///   Q(tau^2) = min over lines, sum_i (y_i - line(x_i))^2 / (variance_i +
///   tau^2)
///
/// chi2 is Q(0), and tau^2 solves Q(tau^2) = degrees_of_freedom; it is 0 where
/// chi2 is less. The variances are estimates that have `noise_degrees` degrees
/// of freedom in all: p_value is of F. REQUIRES: variances above 0 and
/// noise_degrees > 0.
///
/// Source: Paule & Mandel 1982 (Journal of Research of the National Bureau of
/// Standards 87), there of a mean; Knapp & Hartung 2003 (Statistics in Medicine
/// 22) of a line.
std::optional<Heterogeneity> HeterogeneityAboutLine(
    std::span<const NoisyPoint> points, int noise_degrees);

/// Returns how certain the slope of FitLine is, or nothing where there is no
/// line or no error of it. There are two, with r the distances from the line
/// and x counted from its weighted mean:
///
///   scatter  s^2 = sum w r^2 / (n - 2) / sum w x^2, of three points or more
///   noise    s0^2 = sum (w x)^2 variance / (sum w x^2)^2
///
/// standard_error is the larger one, and interval95 the slope +- the larger of
/// t s and 1.96 s0, t of n - 2 degrees of freedom: a few points that happen to
/// be in line are no more certain than their noise allows. It has no
/// percentile95. With weights 1 / (variance + tau^2) of HeterogeneityAboutLine
/// s is the error of its model wherever tau > 0.
///
/// `variances` are the noise of each point, or empty: not known.
/// REQUIRES: weights above 0.
///
/// Source: Knapp & Hartung 2003 for s; Jackson et al. 2017 (Statistics in
/// Medicine 36) for the wider of two intervals.
std::optional<Spread> SlopeSpread(std::span<const WeightedPoint> points,
                                  std::span<const double> variances);

}  // namespace isoflop
