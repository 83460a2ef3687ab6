#include "analysis/laws/broken_power_law.h"

#include <algorithm>
#include <cassert>

namespace isoflop {

LawDerivatives<6> Differentiate(const BrokenPowerLaw& law, double x) {
  assert(x > 0.0);
  const double log_x = std::log(x);
  const double u = (log_x - std::log(law.d1)) / law.f1;
  const double tail = std::log1p(std::exp(-std::abs(u)));
  const double softplus = std::max(u, 0.0) + tail;
  const double sigmoid = 1.0 / (1.0 + std::exp(-u));  // its derivative
  const double shape = std::exp(-law.c0 * log_x - law.c1 * law.f1 * softplus);
  const double term = law.b * shape;
  LawDerivatives<6> d;
  d.value = law.a + term;
  d.gradient = {1.0,
                shape,
                -log_x * term,
                -law.f1 * softplus * term,
                law.c1 * sigmoid / law.d1 * term,
                -law.c1 * (softplus - u * sigmoid) * term};
  return d;
}

}  // namespace isoflop
