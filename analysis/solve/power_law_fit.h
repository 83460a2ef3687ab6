// Power laws as straight lines between logarithms, and those of the
// compute-optimal runs, with which Approaches 1 and 2 end.

#pragma once

#include <optional>
#include <span>

#include "analysis/laws/power_law.h"
#include "lib/numeric/least_squares.h"

namespace isoflop {

/// Returns the power law whose line between logarithms fits best, or nothing as
/// FitLine does and when its coefficient is too large or small for a number.
/// REQUIRES: x > 0 and y > 0.
std::optional<PowerLaw> FitPowerLaw(std::span<const WeightedPoint> points);

/// The best run that the data show at one compute.
struct BudgetOptimum {
  double C = 0.0;
  double N = 0.0;
  double D = 0.0;
  double weight = 1.0;
};

/// N* and D* as powers of C.
struct OptimumLaws {
  double a = 0.0;  // N* = params_coefficient C^a
  double b = 0.0;  // D* = tokens_coefficient C^b
  double params_coefficient = 0.0;
  double tokens_coefficient = 0.0;
};

/// Returns the laws of least squares in logarithms, or nothing with fewer than
/// two different C, and where a coefficient is too large or small for a number.
std::optional<OptimumLaws> FitOptimumLaws(
    std::span<const BudgetOptimum> optima);

/// Sets the laws of a fit that has estimates of both exponents.
template <typename Fit>
void SetLaws(const OptimumLaws& laws, Fit* fit) {
  fit->a.value = laws.a;
  fit->b.value = laws.b;
  fit->params_coefficient = laws.params_coefficient;
  fit->tokens_coefficient = laws.tokens_coefficient;
}

}  // namespace isoflop
