#include "analysis/laws/kaplan.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {

double Loss(const KaplanLaw& law, double x) {
  assert(x > 0.0);
  return std::pow(law.scale / x, law.exponent);
}

LawDerivatives<5> Differentiate(const KaplanJoint& law, double N, double D) {
  assert(N > 0.0 && D > 0.0);
  const double ratio = law.alpha_N / law.alpha_D;
  const double log_size = std::log(law.N_c / N);
  const double size = ratio * log_size;
  const double data = std::log(law.D_c / D);
  const double top = std::max(size, data);
  const double sum = std::exp(size - top) + std::exp(data - top);
  const double share = std::exp(size - top) / sum;  // of the size term
  const double log_sum = top + std::log(sum);
  const double power = std::exp(law.alpha_D * log_sum);
  LawDerivatives<5> d;
  d.value = law.E + power;
  d.gradient = {power * law.alpha_N * share / law.N_c,
                power * law.alpha_D * (1.0 - share) / law.D_c,
                power * share * log_size,
                power * (log_sum - ratio * share * log_size), 1.0};
  return d;
}

}  // namespace isoflop
