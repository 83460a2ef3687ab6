#include "analysis/laws/farseer.h"

#include <cassert>

namespace isoflop {

LawDerivatives<9> Differentiate(const Farseer& law, double N, double D) {
  assert(N > 0.0 && D > 0.0);
  const double log_N = std::log(N);
  const double log_D = std::log(D);
  const double power1 = std::exp(law.alpha * log_N);
  const double power2 = std::exp(law.beta * log_N);
  const double power3 = std::exp(law.gamma * log_N);
  const double exponent = std::exp(law.a1 * power1 + law.b1);
  const double data = std::exp(law.a2 * power2 + law.b2 - exponent * log_D);
  const double size = std::exp(law.a3 * power3 + law.b3);
  const double by_b1 = -data * exponent * log_D;
  LawDerivatives<9> d;
  d.value = size + data;
  d.gradient = {by_b1 * power1, by_b1, by_b1 * law.a1 * power1 * log_N,
                data * power2,  data,  data * law.a2 * power2 * log_N,
                size * power3,  size,  size * law.a3 * power3 * log_N};
  return d;
}

}  // namespace isoflop
