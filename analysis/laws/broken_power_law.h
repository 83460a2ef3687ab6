// A power law of one variable whose exponent changes once, smoothly.
//
//   y(x) = a + b x^-c0 (1 + (x / d1)^(1 / f1))^(-c1 f1)
//
// Far below d1 the exponent is -c0, far above -(c0 + c1); f1 is how wide the
// break is, in ln x.
//
// Source: Caballero et al. 2022, eq. (1) with one break (arXiv:2210.14891).

#pragma once

#include <array>
#include <cmath>
#include <utility>

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

/// Which second derivatives DifferentiateAtLog gives; all others are 0.
inline constexpr std::array<std::pair<int, int>, 14> kBrokenPowerBends = {
    {{1, 2},
     {1, 3},
     {1, 4},
     {1, 5},
     {2, 2},
     {2, 3},
     {2, 4},
     {2, 5},
     {3, 3},
     {3, 4},
     {3, 5},
     {4, 4},
     {4, 5},
     {5, 5}}};

/// Returns y and its derivatives by (a, b, c0, c1, d1, f1) at ln x; not numbers
/// unless d1 and f1 are above 0. With l the logarithm of what b multiplies,
/// u = ln(x / d1) / f1, s = ln(1 + e^u) and p = ds/du,
///
///   l = -c0 ln x - c1 f1 s,  dl/dd1 = c1 p / d1,  dl/df1 = -c1 (s - u p).
ISOFLOP_INLINE LawDerivatives<6, 14> DifferentiateAtLog(
    const BrokenPowerLaw& law, double log_x) {
  const double by_d1 = 1.0 / law.d1;
  const double by_f1 = 1.0 / law.f1;
  const double u = (log_x - LaneLog(law.d1)) * by_f1;
  const double size = u < 0.0 ? -u : u;
  const double ratio = LaneExp(-size);
  const double log_sum = LaneLog1p(ratio);
  const double s = (u < 0.0 ? 0.0 : u) + log_sum;
  const double p = (u < 0.0 ? ratio : 1.0) / (1.0 + ratio);
  // s - u p, without the difference where both are large.
  const double spread = log_sum + size * ratio / (1.0 + ratio);
  const double bend = ratio / ((1.0 + ratio) * (1.0 + ratio));  // dp/du
  const double shape = LaneExp(-law.c0 * log_x - law.c1 * law.f1 * s);
  const double term = law.b * shape;
  const double c0 = -log_x;
  const double c1 = -law.f1 * s;
  const double d1 = law.c1 * p * by_d1;
  const double f1 = -law.c1 * spread;
  return {law.a + term,
          {1.0, shape, c0 * term, c1 * term, d1 * term, f1 * term},
          {c0 * shape, c1 * shape, d1 * shape, f1 * shape, term * c0 * c0,
           term * c0 * c1, term * c0 * d1, term * c0 * f1, term * c1 * c1,
           term * (c1 * d1 + p * by_d1), term * (c1 * f1 - spread),
           term * (d1 * d1 - law.c1 * by_d1 * by_d1 * (bend * by_f1 + p)),
           term * (d1 * f1 - law.c1 * bend * u * by_f1 * by_d1),
           term * (f1 * f1 - law.c1 * u * u * bend * by_f1)}};
}

}  // namespace isoflop
