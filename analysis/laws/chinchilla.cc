#include "analysis/laws/chinchilla.h"

#include <cassert>

namespace isoflop {

double Loss(const Chinchilla& law, double N, double D) {
  assert(N > 0.0 && D > 0.0);
  return LossAtLog(law, std::log(N), std::log(D));
}

Chinchilla Rescaled(const Chinchilla& law, double N_unit, double D_unit) {
  Chinchilla rescaled = law;
  rescaled.A = law.A * std::pow(N_unit, -law.alpha);
  rescaled.B = law.B * std::pow(D_unit, -law.beta);
  return rescaled;
}

double ParamsExponent(const Chinchilla& law) {
  return law.beta / (law.alpha + law.beta);
}

double TokensExponent(const Chinchilla& law) {
  return law.alpha / (law.alpha + law.beta);
}

double AllocationCoefficient(const Chinchilla& law) {
  // In logarithms, because A and B may be of any size.
  const double log_ratio = std::log(law.alpha) + std::log(law.A) -
                           std::log(law.beta) - std::log(law.B);
  return std::exp(log_ratio / (law.alpha + law.beta));
}

Optimum OptimumAt(const Chinchilla& law, double C) {
  assert(C > 0.0);
  const double G = AllocationCoefficient(law);
  Optimum optimum;
  optimum.N = G * std::pow(C / 6.0, ParamsExponent(law));
  optimum.D = std::pow(C / 6.0, TokensExponent(law)) / G;
  optimum.loss = Loss(law, optimum.N, optimum.D);
  return optimum;
}

}  // namespace isoflop
