#include "analysis/laws/repeated_data.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// EffectiveAmount with its derivatives.
struct Effective {
  double value = 0.0;
  double by_log_amount = 0.0;
  double by_log_unique = 0.0;
  double by_half_life = 0.0;
};

Effective EffectiveWithDerivatives(double amount, double unique,
                                   double half_life) {
  if (!(amount > unique) || std::isinf(half_life)) {
    return {.value = amount, .by_log_amount = amount};
  }
  const double repeats = amount / unique - 1.0;
  const double used = -std::expm1(-repeats / half_life);
  const double left = std::exp(-repeats / half_life);
  Effective effective;
  effective.value = unique * (1.0 + half_life * used);
  effective.by_log_amount = amount * left;
  effective.by_log_unique = effective.value - amount * left;
  effective.by_half_life = unique * (used - repeats / half_life * left);
  return effective;
}

double LogUniqueSize(const RepeatedData& law, double U_D) {
  return (std::log(law.alpha) + std::log(law.A) - std::log(law.beta) -
          std::log(law.B) + law.beta * std::log(U_D)) /
         law.alpha;
}

Effective EffectiveSize(const RepeatedData& law, double N, double D, double U) {
  return EffectiveWithDerivatives(
      N, std::exp(LogUniqueSize(law, std::min(U, D))), law.R_N);
}

Effective EffectiveData(const RepeatedData& law, double D, double U) {
  return EffectiveWithDerivatives(D, std::min(U, D), law.R_D);
}

/// dL / d ln N where D = C / (6 N).
double SlopeAtConstantCompute(const RepeatedData& law, double N, double D,
                              double U) {
  const Effective size = EffectiveSize(law, N, D, U);
  const Effective data = EffectiveData(law, D, U);
  double slope_by_log_unique = 0.0;  // by way of U_D = D, which falls
  if (D < U) slope_by_log_unique = -law.beta / law.alpha * size.by_log_unique;
  return -law.alpha * law.A * std::pow(size.value, -law.alpha - 1.0) *
             (size.by_log_amount + slope_by_log_unique) +
         law.beta * law.B * std::pow(data.value, -law.beta - 1.0) *
             data.by_log_amount;
}

}  // namespace

LawDerivatives<7> Differentiate(const RepeatedData& law, double N, double D,
                                double U) {
  const double log_U_D = std::log(std::min(U, D));
  const double log_U_N = LogUniqueSize(law, std::min(U, D));
  const Effective size = EffectiveSize(law, N, D, U);
  const Effective data = EffectiveData(law, D, U);
  const double power_N = std::pow(size.value, -law.alpha);
  const double power_D = std::pow(data.value, -law.beta);
  const double by_size = -law.alpha * law.A * power_N / size.value;
  const double by_data = -law.beta * law.B * power_D / data.value;
  // A, B, alpha and beta also move U_N; without excess parameters, to no avail.
  const double push =
      size.by_log_unique == 0.0 ? 0.0 : by_size * size.by_log_unique;
  const double by_alpha =
      push == 0.0 ? 0.0 : push * (1.0 / law.alpha - log_U_N) / law.alpha;
  LawDerivatives<7> d;
  d.value = law.E + law.A * power_N + law.B * power_D;
  d.gradient = {
      1.0,
      power_N + push / (law.alpha * law.A),
      power_D - push / (law.alpha * law.B),
      -std::log(size.value) * law.A * power_N + by_alpha,
      -std::log(data.value) * law.B * power_D +
          push * (log_U_D - 1.0 / law.beta) / law.alpha,
      by_data * data.by_half_life,
      by_size * size.by_half_life,
  };
  return d;
}

Optimum OptimumAt(const RepeatedData& law, double C, double U) {
  assert(C > 0.0 && U > 0.0);
  const auto slope = [&](double log_N) {
    const double N = std::exp(log_N);
    return SlopeAtConstantCompute(law, N, C / (6.0 * N), U);
  };
  double low = 0.5 * std::log(C / 6.0);
  double high = low;
  for (double step = 1.0; slope(low) > 0.0 && step < 512.0; step *= 2.0) {
    low -= step;
  }
  for (double step = 1.0; slope(high) < 0.0 && step < 512.0; step *= 2.0) {
    high += step;
  }
  for (int i = 0; i < 100 && high - low > 1e-14 * std::abs(low); ++i) {
    const double middle = 0.5 * (low + high);
    (slope(middle) < 0.0 ? low : high) = middle;
  }
  Optimum best;
  best.N = std::exp(0.5 * (low + high));
  best.D = C / (6.0 * best.N);
  best.loss = Loss(law, best.N, best.D, U);
  return best;
}

}  // namespace isoflop
