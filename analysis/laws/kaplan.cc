#include "analysis/laws/kaplan.h"

#include <cassert>
#include <cmath>

namespace isoflop {

double Loss(const KaplanLaw& law, double x) {
  assert(x > 0.0);
  return std::pow(law.scale / x, law.exponent);
}

}  // namespace isoflop
