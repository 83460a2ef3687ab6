// What the smaller laws promise: their limits, and the laws they contain.

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/laws/broken_power_law.h"
#include "analysis/laws/chinchilla.h"
#include "analysis/laws/farseer.h"
#include "analysis/laws/offset_power_law.h"
#include "analysis/laws/overtraining.h"

namespace isoflop {
namespace {

TEST(Overtraining, IsChinchillaWithOneExponent) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  const double six = std::pow(6.0, -law.eta);
  const Chinchilla tied{law.E, law.a * six, law.b * six, 0.3, 0.3};
  for (const double N : {1e7, 3e9}) {
    for (const double D : {1e9, 1e12}) {
      EXPECT_NEAR(Loss(law, N, D), Loss(tied, N, D), 1e-13);
    }
  }
}

TEST(Overtraining, IsAPowerOfComputeAtAnyRatio) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  for (const double M : {5.0, 20.0, 640.0}) {
    const double at_1e18 =
        Loss(law, std::sqrt(1e18 / (6 * M)), std::sqrt(1e18 * M / 6)) - law.E;
    const double at_1e20 =
        Loss(law, std::sqrt(1e20 / (6 * M)), std::sqrt(1e20 * M / 6)) - law.E;
    EXPECT_NEAR(at_1e20 / at_1e18, std::pow(100.0, -law.eta), 1e-12);
  }
}

TEST(Overtraining, IsLowestAtItsBestRatio) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  const double M = BestTokensPerParam(law);
  const auto at = [&](double ratio) {
    return Loss(law, std::sqrt(1e19 / (6 * ratio)),
                std::sqrt(1e19 * ratio / 6));
  };
  EXPECT_LT(at(M), at(1.01 * M));
  EXPECT_LT(at(M), at(0.99 * M));
}

TEST(BrokenPowerLaw, HasTwoExponents) {
  const BrokenPowerLaw law{
      .a = 0.0, .b = 3.0, .c0 = 0.1, .c1 = 0.4, .d1 = 1e6, .f1 = 0.2};
  EXPECT_NEAR(std::log(Evaluate(law, 2.0) / Evaluate(law, 1.0)),
              -0.1 * std::log(2.0), 1e-9);
  EXPECT_NEAR(std::log(Evaluate(law, 2e12) / Evaluate(law, 1e12)),
              -0.5 * std::log(2.0), 1e-9);
}

TEST(BrokenPowerLaw, StaysFiniteWithASharpBreak) {
  const BrokenPowerLaw law{
      .a = 1.0, .b = 3.0, .c0 = 0.1, .c1 = 0.4, .d1 = 1e6, .f1 = 1e-4};
  for (const double x : {1e-3, 1e6, 1e30}) {
    EXPECT_TRUE(std::isfinite(Evaluate(law, x)));
    for (const double slope : DifferentiateAtLog(law, std::log(x)).gradient) {
      EXPECT_TRUE(std::isfinite(slope)) << x;
    }
  }
}

TEST(Farseer, IsADataPowerWhenSizeDoesNotMoveIt) {
  const Farseer law{.a1 = 0.0,
                    .b1 = std::log(0.3),
                    .alpha = 0.1,
                    .a2 = 0.0,
                    .b2 = std::log(400.0),
                    .beta = 0.1,
                    .a3 = 0.0,
                    .b3 = std::log(1.7),
                    .gamma = 0.1};
  EXPECT_NEAR(Loss(law, 1e9, 1e11), 1.7 + 400.0 * std::pow(1e11, -0.3), 1e-12);
}

// Eq. (15) of the paper, of bits per character, evaluated in 30 digits.
TEST(Farseer, HasThePublishedValuesAndFallsInSizeAndInData) {
  const Farseer law{.a1 = -0.124,
                    .b1 = 0.424,
                    .alpha = 0.123,
                    .a2 = 88.01,
                    .b2 = -6.287,
                    .beta = -0.1,
                    .a3 = -0.021,
                    .b3 = -0.091,
                    .gamma = 0.169};
  EXPECT_NEAR(Loss(law, 1e9, 2e10), 0.52722413417355472, 1e-13);
  EXPECT_NEAR(Loss(law, 25.1e9, 1e12), 0.37957815386853125, 1e-13);
  EXPECT_LT(Loss(law, 1e9, 2e10), Loss(law, 1e9, 1e10));
  EXPECT_LT(Loss(law, 2e9, 2e10), Loss(law, 1e9, 2e10));
}

TEST(OffsetPowerLaw, TendsToItsOffset) {
  const OffsetPowerLaw law{
      .offset = 1.7, .coefficient = 40.0, .exponent = -0.3};
  EXPECT_NEAR(Evaluate(law, 1e40), 1.7, 1e-9);
  EXPECT_NEAR(Evaluate(law, 1.0), 41.7, 1e-12);
}

}  // namespace
}  // namespace isoflop
