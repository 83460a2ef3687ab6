// A power law in one variable.

#pragma once

namespace isoflop {

/// y = coefficient * x^exponent
struct PowerLaw {
  double coefficient = 0.0;
  double exponent = 0.0;
};

/// Returns coefficient * x^exponent. REQUIRES: x > 0.
double Evaluate(const PowerLaw& law, double x);

}  // namespace isoflop
