#include "analysis/laws/chinchilla.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace isoflop {
namespace {

// Besiroglu et al. 2024 (arXiv:2404.10102), with the Huber objective solved.
constexpr Chinchilla kLaw{.E = 1.817218,
                          .A = 477.826,
                          .B = 2143.417,
                          .alpha = 0.3473105,
                          .beta = 0.3671724};

std::vector<double Chinchilla::*> Parameters() {
  return {&Chinchilla::E, &Chinchilla::A, &Chinchilla::B, &Chinchilla::alpha,
          &Chinchilla::beta};
}

/// The derivative of `value` by one parameter, by central differences.
template <typename Value>
double Difference(double Chinchilla::*parameter, Value value) {
  const double step = 1e-5 * kLaw.*parameter;
  Chinchilla above = kLaw;
  Chinchilla below = kLaw;
  above.*parameter += step;
  below.*parameter -= step;
  return (value(above) - value(below)) / (2.0 * step);
}

TEST(Chinchilla, IsTheSumOfItsThreeTerms) {
  const Chinchilla law{.E = 2.0, .A = 8.0, .B = 9.0, .alpha = 3.0, .beta = 2.0};
  EXPECT_DOUBLE_EQ(Loss(law, 2.0, 3.0), 2.0 + 8.0 / 8.0 + 9.0 / 9.0);
}

TEST(Chinchilla, FallsWithParametersAndWithTokens) {
  for (double x = 1e3; x < 1e12; x *= 10.0) {
    EXPECT_LT(Loss(kLaw, 2.0 * x, 1e9), Loss(kLaw, x, 1e9));
    EXPECT_LT(Loss(kLaw, 1e9, 2.0 * x), Loss(kLaw, 1e9, x));
  }
}

TEST(Chinchilla, HasTheGradientOfFiniteDifferences) {
  const double log_N = 3.1;
  const double log_D = -2.4;
  const auto d = DifferentiateAtLog(kLaw, log_N, log_D);
  for (std::size_t i = 0; i < 5; ++i) {
    const double expected = Difference(
        Parameters()[i],
        [&](const Chinchilla& law) { return LossAtLog(law, log_N, log_D); });
    EXPECT_NEAR(d.gradient[i], expected, 1e-7 * std::abs(expected)) << i;
  }
}

TEST(Chinchilla, HasTheSecondDerivativesOfFiniteDifferences) {
  const auto gradient_by = [](double Chinchilla::*parameter, std::size_t i) {
    return Difference(parameter, [i](const Chinchilla& law) {
      return DifferentiateAtLog(law, 3.1, -2.4).gradient[i];
    });
  };
  const auto d = DifferentiateAtLog(kLaw, 3.1, -2.4);
  const auto near = [](double value, double expected) {
    EXPECT_NEAR(value, expected, 1e-7 * std::abs(expected));
  };
  for (std::size_t b = 0; b < kChinchillaBends.size(); ++b) {
    const auto [i, j] = kChinchillaBends[b];
    near(d.bends[b], gradient_by(Parameters()[static_cast<std::size_t>(j)],
                                 static_cast<std::size_t>(i)));
  }
}

TEST(Chinchilla, HasNoOtherSecondDerivatives) {
  const std::vector<std::pair<std::size_t, std::size_t>> zero = {
      {0, 0}, {0, 1}, {0, 3}, {1, 1}, {1, 2}, {1, 4}, {2, 3}, {3, 4}};
  for (const auto& [i, j] : zero) {
    const double derivative =
        Difference(Parameters()[j], [&, i = i](const Chinchilla& law) {
          return DifferentiateAtLog(law, 3.1, -2.4).gradient[i];
        });
    EXPECT_NEAR(derivative, 0.0, 1e-9) << i << " " << j;
  }
}

TEST(Chinchilla, IsTheSameCurveInOtherUnits) {
  const Chinchilla law = Rescaled(kLaw, 1e6, 1e9);
  EXPECT_NEAR(Loss(law, 70.0, 300.0), Loss(kLaw, 70e6, 300e9), 1e-12);
}

TEST(ChinchillaOptimum, SpendsTheWholeBudget) {
  for (const double C : {1e12, 5.76e23, 1e30}) {
    const Optimum best = OptimumAt(kLaw, C);
    EXPECT_NEAR(6.0 * best.N * best.D, C, 1e-12 * C);
  }
}

TEST(ChinchillaOptimum, IsBetterThanItsNeighboursAtTheSameBudget) {
  const Optimum best = OptimumAt(kLaw, 1e21);
  for (const double factor : {0.5, 0.9, 0.99, 1.01, 1.1, 2.0}) {
    EXPECT_GT(Loss(kLaw, best.N * factor, best.D / factor), best.loss);
  }
}

TEST(ChinchillaOptimum, MatchesThePublishedAllocationOfChinchillasBudget) {
  const Optimum best = OptimumAt(kLaw, 5.76e23);
  EXPECT_NEAR(best.N, 7.319e10, 1e8);
  EXPECT_NEAR(best.D, 1.3117e12, 1e9);
  EXPECT_NEAR(best.D / best.N, 17.92, 0.02);
}

TEST(ChinchillaOptimum, GrowsWithTheExponentsAAndB) {
  const double growth = std::log(10.0);
  const Optimum one = OptimumAt(kLaw, 1e20);
  const Optimum ten = OptimumAt(kLaw, 1e21);
  EXPECT_NEAR(std::log(ten.N / one.N) / growth, ParamsExponent(kLaw), 1e-12);
  EXPECT_NEAR(std::log(ten.D / one.D) / growth, TokensExponent(kLaw), 1e-12);
  EXPECT_DOUBLE_EQ(ParamsExponent(kLaw) + TokensExponent(kLaw), 1.0);
}

TEST(ChinchillaOptimum, IsFiniteForVeryLargeCounts) {
  const Chinchilla law = Rescaled(kLaw, 1e-290, 1.0);
  const Optimum best = OptimumAt(law, 1e300);
  EXPECT_NEAR(best.N, 1e290 * OptimumAt(kLaw, 1e10).N, 1e-9 * best.N);
}

}  // namespace
}  // namespace isoflop
