#include "analysis/laws/coupled.h"

#include <cassert>

namespace isoflop {

Optimum OptimumAt(const Coupled& law, double C) {
  assert(C > 0.0);
  const double exponents = law.alpha + law.beta;
  const double log_G = (std::log(law.alpha / law.beta) / law.kappa +
                        std::log(law.A) - std::log(law.B)) /
                       exponents;
  Optimum optimum;
  optimum.N = std::exp(log_G + law.beta / exponents * std::log(C / 6.0));
  optimum.D = C / (6.0 * optimum.N);
  optimum.loss = Loss(law, optimum.N, optimum.D);
  return optimum;
}

}  // namespace isoflop
