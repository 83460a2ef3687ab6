#include "analysis/laws/offset_power_law.h"

#include <cassert>

namespace isoflop {

LawDerivatives<3> Differentiate(const OffsetPowerLaw& law, double x) {
  assert(x > 0.0);
  const double power = std::exp(law.exponent * std::log(x));
  LawDerivatives<3> d;
  d.value = law.offset + law.coefficient * power;
  d.gradient = {1.0, power, std::log(x) * law.coefficient * power};
  return d;
}

}  // namespace isoflop
