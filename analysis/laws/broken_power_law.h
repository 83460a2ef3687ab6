// A power law of one variable whose exponent changes once, smoothly.
//
//   y(x) = a + b x^-c0 (1 + (x / d1)^(1 / f1))^(-c1 f1)
//
// Far below d1 the exponent is -c0, far above -(c0 + c1); f1 is how wide the
// break is, in ln x.
//
// Source: Caballero et al. 2022, eq. (1) with one break (arXiv:2210.14891).

#pragma once

#include <cmath>

#include "analysis/laws/law_derivatives.h"
#include "lib/core/lane_math.h"

namespace isoflop {

/// The law's six coefficients, in the paper's symbols.
template <typename T>
struct BrokenPowerLawCoefficients {
  T a{};  // limit, in the unit of y
  T b{};
  T c0{};
  T c1{};
  T d1{};  // where the break is, in the unit of x
  T f1{};  // its width; positive
};

using BrokenPowerLaw = BrokenPowerLawCoefficients<double>;

/// Returns y. REQUIRES: x > 0 and d1, f1 > 0.
template <typename T>
T Evaluate(const BrokenPowerLawCoefficients<T>& law, double x) {
  using std::exp, std::log, std::log1p;
  const T u = (std::log(x) - log(law.d1)) / law.f1;
  const T softplus = u > T(0.0) ? u + log1p(exp(-u)) : log1p(exp(u));
  return law.a +
         law.b * exp(-law.c0 * std::log(x) - law.c1 * law.f1 * softplus);
}

/// Returns y and its derivatives by (a, b, c0, c1, d1, f1) at ln x; not numbers
/// unless d1 and f1 are above 0.
ISOFLOP_INLINE LawDerivatives<6> DifferentiateAtLog(const BrokenPowerLaw& law,
                                                    double log_x) {
  const double u = (log_x - LaneLog(law.d1)) / law.f1;
  const double size = u < 0.0 ? -u : u;
  const double ratio = LaneExp(-size);
  const double softplus = (u < 0.0 ? 0.0 : u) + LaneLog1p(ratio);
  const double sigmoid = (u < 0.0 ? ratio : 1.0) / (1.0 + ratio);
  const double shape = LaneExp(-law.c0 * log_x - law.c1 * law.f1 * softplus);
  const double term = law.b * shape;
  return {law.a + term,
          {1.0, shape, -log_x * term, -law.f1 * softplus * term,
           law.c1 * sigmoid / law.d1 * term,
           -law.c1 * (softplus - u * sigmoid) * term},
          {}};
}

}  // namespace isoflop
