#include "analysis/laws/recipe_scaling.h"

#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// L* - E = K (C/6)^-gamma along the optima, as (ln K, gamma).
struct OptimalExcess {
  double log_K = 0.0;
  double gamma = 0.0;
};

/// At the optimum alpha A N^-alpha = beta B D^-beta, so that the whole is
/// (1 + alpha/beta) times the first. In logarithms: A and B may be of any size.
OptimalExcess ExcessOf(const Chinchilla& law) {
  const double sum = law.alpha + law.beta;
  const double log_G = (std::log(law.alpha) + std::log(law.A) -
                        std::log(law.beta) - std::log(law.B)) /
                       sum;
  return {.log_K = std::log(law.A) - law.alpha * log_G +
                   std::log1p(law.alpha / law.beta),
          .gamma = law.alpha * law.beta / sum};
}

}  // namespace

Efficiency EfficiencyOf(const Chinchilla& recipe, const Chinchilla& reference) {
  const double log_A = std::log(reference.A) - std::log(recipe.A);
  const double log_B = std::log(reference.B) - std::log(recipe.B);
  return {.params = std::exp(log_A / recipe.alpha),
          .tokens = std::exp(log_B / recipe.beta)};
}

double LogComputeMultiplier(const Chinchilla& recipe,
                            const Chinchilla& reference, double C) {
  assert(C > 0.0);
  const OptimalExcess own = ExcessOf(recipe);
  const OptimalExcess other = ExcessOf(reference);
  const double log_C = std::log(C / 6.0);
  const double log_excess = own.log_K - own.gamma * log_C;
  return (other.log_K - log_excess) / other.gamma - log_C;
}

}  // namespace isoflop
