#include "analysis/laws/power_law.h"

#include <cassert>
#include <cmath>

namespace isoflop {

double Evaluate(const PowerLaw& law, double x) {
  assert(x > 0.0);
  return law.coefficient * std::pow(x, law.exponent);
}

}  // namespace isoflop
