#include "analysis/laws/recipe_scaling.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

constexpr Chinchilla kReference{
    .E = 1.7, .A = 400.0, .B = 410.0, .alpha = 0.34, .beta = 0.28};

/// The reference with A and B as rho_N and rho_D make them.
Chinchilla WithEfficiency(double rho_N, double rho_D) {
  Chinchilla law = kReference;
  law.A *= std::pow(rho_N, -law.alpha);
  law.B *= std::pow(rho_D, -law.beta);
  return law;
}

TEST(EfficiencyOf, UndoesTheRescaling) {
  const Efficiency e = EfficiencyOf(WithEfficiency(1.3, 0.4), kReference);
  EXPECT_NEAR(e.params, 1.3, 1e-12);
  EXPECT_NEAR(e.tokens, 0.4, 1e-12);
  const Efficiency own = EfficiencyOf(kReference, kReference);
  EXPECT_EQ(own.params, 1.0);
  EXPECT_EQ(own.tokens, 1.0);
}

TEST(LogComputeMultiplier, IsTheProductOfTheEfficiencies) {
  for (const double C : {1e12, 1e18, 1e26}) {
    EXPECT_NEAR(LogComputeMultiplier(WithEfficiency(1.3, 0.4), kReference, C),
                std::log(1.3 * 0.4), 1e-10);
    EXPECT_NEAR(LogComputeMultiplier(kReference, kReference, C), 0.0, 1e-10);
  }
}

TEST(LogComputeMultiplier, EqualisesTheLossesOfTheOptima) {
  const Chinchilla other{
      .E = 1.7, .A = 300.0, .B = 900.0, .alpha = 0.31, .beta = 0.33};
  for (const double C : {1e15, 1e21}) {
    const double M = std::exp(LogComputeMultiplier(other, kReference, C));
    EXPECT_NEAR(OptimumAt(kReference, M * C).loss, OptimumAt(other, C).loss,
                1e-10);
  }
}

}  // namespace
}  // namespace isoflop
