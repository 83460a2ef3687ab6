#include "analysis/fit/student_t.h"

#include <cmath>
#include <numbers>

namespace isoflop {
namespace {

constexpr double kFewestDegrees = 0.1;
constexpr double kMostDegrees = 1000.0;

/// A root mean square residual below this is rounding, not noise.
constexpr double kSmallestScale = 1e-12;

double RootMeanSquare(std::span<const WeightedResidual> residuals) {
  double squares = 0.0;
  double weight = 0.0;
  for (const auto& r : residuals) {
    squares += r.weight * r.value * r.value;
    weight += r.weight;
  }
  return std::sqrt(squares / weight);
}

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

double NegativeLogLikelihood(std::span<const WeightedResidual> residuals,
                             double log_nu) {
  const double nu = std::exp(log_nu);
  const Penalty penalty = Penalty::Student({ScaleFor(residuals, nu), nu});
  double sum = 0.0;
  for (const auto& r : residuals) sum += r.weight * penalty(r.value).value;
  return sum;
}

}  // namespace

std::optional<StudentT> EstimateStudentT(
    std::span<const WeightedResidual> residuals) {
  if (!(RootMeanSquare(residuals) > kSmallestScale)) return std::nullopt;
  // Golden-section search of ln nu.
  constexpr double kShare = std::numbers::phi - 1.0;
  double low = std::log(kFewestDegrees);
  double high = std::log(kMostDegrees);
  while (high - low > 1e-7) {
    const double left = high - kShare * (high - low);
    const double right = low + kShare * (high - low);
    const bool left_is_better = NegativeLogLikelihood(residuals, left) <
                                NegativeLogLikelihood(residuals, right);
    (left_is_better ? high : low) = left_is_better ? right : left;
  }
  const double nu = std::exp(0.5 * (low + high));
  return StudentT{ScaleFor(residuals, nu), nu};
}

}  // namespace isoflop
