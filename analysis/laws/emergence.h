// How an ability, a share of right answers between 0 and 1, comes with size.
//
//   logistic       y(x) = top / (1 + (critical/x)^steepness)
//   skill product  y(x) = top (1 - e^(-x/scale))^skills
//
// The logistic curve is half of `top` at x = critical. The product is that of
// skills which all have to be there, and of which each is there with the
// probability 1 - e^(-x/scale).
//
// Source: Okawa et al. 2023 (arXiv:2310.09336) and Arora & Goyal 2023
// (arXiv:2307.15936) for products of skills.

#pragma once

#include <cmath>

#include "analysis/laws/law_derivatives.h"
#include "lib/core/lane_math.h"

namespace isoflop {

template <typename T>
struct LogisticCoefficients {
  T top{};        // in the unit of y
  T critical{};   // in the unit of x; positive
  T steepness{};  // positive
};
using Logistic = LogisticCoefficients<double>;

template <typename T>
struct SkillProductCoefficients {
  T top{};     // in the unit of y
  T scale{};   // in the unit of x; positive
  T skills{};  // how many; positive, and no whole number where they differ
};
using SkillProduct = SkillProductCoefficients<double>;

/// Returns y. REQUIRES: x > 0, critical > 0.
template <typename T>
T Evaluate(const LogisticCoefficients<T>& law, double x) {
  using std::exp, std::log;
  return law.top /
         (T(1.0) + exp(law.steepness * (log(law.critical) - std::log(x))));
}

/// Returns y. REQUIRES: x > 0, scale > 0.
template <typename T>
T Evaluate(const SkillProductCoefficients<T>& law, double x) {
  using std::expm1, std::pow;
  return law.top * pow(-expm1(-x / law.scale), law.skills);
}

/// Returns y and its derivatives by (top, critical, steepness) at ln x.
ISOFLOP_INLINE LawDerivatives<3> DifferentiateAtLog(const Logistic& law,
                                                    double log_x) {
  const double distance = LaneLog(law.critical) - log_x;
  // Of the two exponentials the one that cannot overflow.
  const double z = law.steepness * distance;
  const double size = z < 0.0 ? -z : z;
  const double small = LaneExp(-size);
  const double share = (z < 0.0 ? 1.0 : small) / (1.0 + small);
  const double slope =
      law.top * small / ((1.0 + small) * (1.0 + small));  // -dy/dz
  return {law.top * share,
          {share, -slope * law.steepness / law.critical, -slope * distance},
          {}};
}

/// Returns y and its derivatives by (top, scale, skills) at ln x.
ISOFLOP_INLINE LawDerivatives<3> DifferentiateAtLog(const SkillProduct& law,
                                                    double log_x) {
  const double u = LaneExp(log_x - LaneLog(law.scale));
  const double e = LaneExp(-u);
  // 1 - e^-u, by its series where the difference would be rounding.
  const double there = u < 1e-5 ? u * (1.0 - 0.5 * u) : 1.0 - e;
  const double log_there = LaneLog(there);
  const double share = LaneExp(law.skills * log_there);
  const double y = law.top * share;
  return {y,
          {share, -y * law.skills * e * u / (there * law.scale), y * log_there},
          {}};
}

}  // namespace isoflop
