#include "lib/numeric/student_t.h"

#include <algorithm>
#include <cmath>
#include <unsupported/Eigen/SpecialFunctions>

namespace isoflop {
namespace {

constexpr double kMostDegrees = 1000.0;

/// A root mean square residual below this is rounding, not noise.
constexpr double kSmallestScale = 1e-12;

/// The equation for the scale, and its derivative by ln s.
struct ScaleEquation {
  double value = 0.0;
  double slope = 0.0;
};

ScaleEquation EquationAt(std::span<const WeightedResidual> residuals, double s,
                         double nu) {
  ScaleEquation equation;
  const double width = nu * s * s;
  for (const auto& r : residuals) {
    const double square = r.value * r.value;
    const double share = square / (width + square);
    equation.value += r.weight * ((nu + 1.0) * share - 1.0);
    equation.slope -= r.weight * (nu + 1.0) * 2.0 * share * (1.0 - share);
  }
  return equation;
}

/// The scale that solves its equation, by Newton's method in ln s with
/// bisection where that leaves the bracket. The equation falls with s, and
/// cannot be positive at the root mean square.
double ScaleFor(std::span<const WeightedResidual> residuals, double nu) {
  double high = std::log(RootMeanSquare(residuals));
  // e^-40 of it is rounding: a scale that small is of residuals that vanish.
  double low = high - 40.0;
  double log_s = high;
  for (int step = 0; step < 200 && high - low > 1e-15; ++step) {
    const auto equation = EquationAt(residuals, std::exp(log_s), nu);
    (equation.value > 0.0 ? low : high) = log_s;
    double next = log_s - equation.value / equation.slope;
    if (!(low < next && next < high)) next = 0.5 * (low + high);
    if (std::abs(next - log_s) < 1e-13) break;
    log_s = next;
  }
  return std::exp(log_s);
}

/// Twice the derivative of the negative log-likelihood by nu, at the scale that
/// suits nu.
double SlopeByDegrees(std::span<const WeightedResidual> residuals,
                      double log_nu) {
  using Eigen::numext::digamma;
  const double nu = std::exp(log_nu);
  const double s = ScaleFor(residuals, nu);
  const double width = nu * s * s;
  const double constant = digamma(0.5 * nu) - digamma(0.5 * (nu + 1.0));
  double slope = 0.0;
  for (const auto& r : residuals) {
    slope += r.weight * (constant + std::log1p(r.value * r.value / width));
  }
  return slope;
}

/// The root of the slope between `low`, where it is negative, and `high`, by
/// the Illinois variant of false position.
double LogDegreesBetween(std::span<const WeightedResidual> residuals,
                         double low, double at_low, double high,
                         double at_high) {
  constexpr double kPrecision = 1e-13;
  int side = 0;  // which end the last root replaced
  double root = high;
  for (int step = 0; step < 100 && high - low > kPrecision; ++step) {
    const double before = root;
    root = (low * at_high - high * at_low) / (at_high - at_low);
    const double at_root = SlopeByDegrees(residuals, root);
    if (at_root < 0.0) {
      low = root;
      at_low = at_root;
      if (side < 0) at_high *= 0.5;
      side = -1;
    } else {
      high = root;
      at_high = at_root;
      if (side > 0) at_low *= 0.5;
      side = 1;
    }
    if (std::abs(root - before) < kPrecision) break;
  }
  return root;
}

}  // namespace

double RootMeanSquare(std::span<const WeightedResidual> residuals) {
  double squares = 0.0;
  double weight = 0.0;
  for (const auto& r : residuals) {
    squares += r.weight * r.value * r.value;
    weight += r.weight;
  }
  return std::sqrt(squares / weight);
}

std::optional<StudentT> EstimateStudentT(
    std::span<const WeightedResidual> residuals) {
  if (!(RootMeanSquare(residuals) > kSmallestScale)) return std::nullopt;
  const auto at = [&](double nu) {
    return StudentT{ScaleFor(residuals, nu), nu};
  };
  const double low = std::log(kFewestDegrees);
  const double high = std::log(kMostDegrees);
  const double at_low = SlopeByDegrees(residuals, low);
  if (!(at_low < 0.0)) return at(kFewestDegrees);
  const double at_high = SlopeByDegrees(residuals, high);
  if (!(at_high > 0.0)) return at(kMostDegrees);
  return at(std::exp(LogDegreesBetween(residuals, low, at_low, high, at_high)));
}

double LogChange(const StudentT& before, const StudentT& after) {
  return std::max(
      std::abs(std::log(after.scale / before.scale)),
      std::abs(std::log(after.degrees_of_freedom / before.degrees_of_freedom)));
}

}  // namespace isoflop
