// A power law of one variable with a limit, such as Kaplan's L(N) with an
// irreducible loss.
//
//   y(x) = offset + coefficient x^exponent
//
// Source: Henighan et al. 2020, eq. (1.1) (arXiv:2010.14701).

#pragma once

#include <array>
#include <cmath>
#include <utility>

#include "analysis/laws/law_derivatives.h"
#include "lib/core/lane_math.h"

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

/// Which second derivatives DifferentiateAtLog gives; all others are 0.
inline constexpr std::array<std::pair<int, int>, 2> kOffsetPowerLawBends = {
    {{1, 2}, {2, 2}}};

/// Returns y and its derivatives by (offset, coefficient, exponent) at ln x.
ISOFLOP_INLINE LawDerivatives<3, 2> DifferentiateAtLog(
    const OffsetPowerLaw& law, double log_x) {
  const double power = LaneExp(law.exponent * log_x);
  const double term = law.coefficient * power;
  return {law.offset + term,
          {1.0, power, log_x * term},
          {log_x * power, log_x * log_x * term}};
}

}  // namespace isoflop
