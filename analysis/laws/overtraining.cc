#include "analysis/laws/overtraining.h"

#include <cassert>

namespace isoflop {

LawDerivatives<4> Differentiate(const Overtraining& law, double N, double D) {
  assert(N > 0.0 && D > 0.0);
  const double log_size = std::log(6.0) + 2.0 * std::log(N);  // ln(C / M)
  const double log_data = std::log(6.0) + 2.0 * std::log(D);  // ln(C M)
  const double size = std::exp(-law.eta * log_size);
  const double data = std::exp(-law.eta * log_data);
  LawDerivatives<4> d;
  d.value = law.E + law.a * size + law.b * data;
  d.gradient = {1.0, size, data,
                -log_size * law.a * size - log_data * law.b * data};
  return d;
}

double BestTokensPerParam(const Overtraining& law) {
  assert(law.a > 0.0 && law.b > 0.0 && law.eta > 0.0);
  return std::pow(law.b / law.a, 0.5 / law.eta);
}

}  // namespace isoflop
