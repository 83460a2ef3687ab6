#include "lib/numeric/heterogeneity.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"

namespace isoflop {
namespace {

/// Q(tau^2); nothing where there is no line.
std::optional<double> SquaresAboutLine(std::span<const NoisyPoint> points,
                                       double tau2) {
  const auto weighted = Transformed(points, [&](const NoisyPoint& p) {
    assert(p.variance > 0.0);
    return WeightedPoint{p.x, p.y, 1.0 / (p.variance + tau2)};
  });
  const auto line = FitLine(weighted);
  if (!line) return std::nullopt;
  return SquaresAbout(*line, weighted);
}

/// tau^2 where Q is `wanted`, which it exceeds at 0.
double SolveForTau2(std::span<const NoisyPoint> points, double wanted) {
  const auto is_above = [&](double tau2) {
    return SquaresAboutLine(points, tau2).value_or(0.0) > wanted;
  };
  double low = 0.0;
  double high = points[0].variance;
  while (is_above(high)) {
    low = high;
    high *= 2.0;
  }
  while (high - low > 1e-12 * high) {
    const double middle = 0.5 * (low + high);
    (is_above(middle) ? low : high) = middle;
  }
  return high;
}

double SquaresAboutMeanX(const Line& line,
                         std::span<const WeightedPoint> points) {
  double squares = 0.0;
  for (const WeightedPoint& p : points) {
    squares += p.weight * (p.x - line.mean_x) * (p.x - line.mean_x);
  }
  return squares;
}

/// s0 of SlopeSpread.
double NoiseOfSlope(const Line& line, std::span<const WeightedPoint> points,
                    std::span<const double> variances) {
  double variance = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double pull = points[i].weight * (points[i].x - line.mean_x);
    variance += pull * pull * variances[i];
  }
  return std::sqrt(variance) / SquaresAboutMeanX(line, points);
}

}  // namespace

std::optional<Spread> SlopeSpread(std::span<const WeightedPoint> points,
                                  std::span<const double> variances) {
  assert(variances.empty() || variances.size() == points.size());
  const auto line = FitLine(points);
  const bool has_scatter = points.size() > 2;
  if (!line || (!has_scatter && variances.empty())) return std::nullopt;
  double error = 0.0;
  double reach = 0.0;
  if (has_scatter) {
    const auto degrees = static_cast<double>(points.size() - 2);
    error = std::sqrt(SquaresAbout(*line, points) / degrees /
                      SquaresAboutMeanX(*line, points));
    reach = StudentTQuantile(0.975, degrees) * error;
  }
  if (!variances.empty()) {
    const double noise = NoiseOfSlope(*line, points, variances);
    error = std::max(error, noise);
    reach = std::max(reach, kNormal975 * noise);
  }
  return Spread{.standard_error = error,
                .interval95 = {line->slope - reach, line->slope + reach}};
}

std::optional<Heterogeneity> HeterogeneityAboutLine(
    std::span<const NoisyPoint> points, int noise_degrees) {
  if (points.size() < 3) return std::nullopt;
  const auto chi2 = SquaresAboutLine(points, 0.0);
  if (!chi2) return std::nullopt;
  Heterogeneity found{
      .chi2 = *chi2, .degrees_of_freedom = static_cast<int>(points.size()) - 2};
  found.p_value =
      FUpperTail(found.PerDegree(), found.degrees_of_freedom, noise_degrees);
  if (found.chi2 > found.degrees_of_freedom) {
    found.tau = std::sqrt(SolveForTau2(points, found.degrees_of_freedom));
  }
  return found;
}

}  // namespace isoflop
