#include "analysis/laws/kaplan.h"

#include <cassert>
#include <cmath>

namespace isoflop {

double Loss(const KaplanLaw& law, double x) {
  assert(x > 0.0);
  return std::pow(law.scale / x, law.exponent);
}

double Loss(const KaplanJoint& law, double N, double D) {
  assert(N > 0.0 && D > 0.0);
  const double size = std::pow(law.N_c / N, law.alpha_N / law.alpha_D);
  return std::pow(size + law.D_c / D, law.alpha_D);
}

}  // namespace isoflop
