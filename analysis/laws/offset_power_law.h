// A power law of one variable with a limit, such as Kaplan's L(N) with an
// irreducible loss.
//
//   y(x) = offset + coefficient x^exponent
//
// Source: Henighan et al. 2020, eq. (1.1) (arXiv:2010.14701).

#pragma once

#include <cmath>

#include "analysis/laws/law_derivatives.h"

namespace isoflop {

/// The law's three coefficients.
template <typename T>
struct OffsetPowerLawCoefficients {
  T offset{};
  T coefficient{};
  T exponent{};
};

using OffsetPowerLaw = OffsetPowerLawCoefficients<double>;

/// Returns y. REQUIRES: x > 0.
template <typename T>
T Evaluate(const OffsetPowerLawCoefficients<T>& law, double x) {
  using std::exp;
  return law.offset + law.coefficient * exp(law.exponent * std::log(x));
}

/// Returns y and its derivatives by (offset, coefficient, exponent).
LawDerivatives<3> Differentiate(const OffsetPowerLaw& law, double x);

}  // namespace isoflop
