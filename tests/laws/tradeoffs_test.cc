#include "analysis/laws/tradeoffs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <vector>

namespace isoflop {
namespace {

// Besiroglu et al. 2024 (arXiv:2404.10102), with the Huber objective solved.
constexpr Chinchilla kPublished{.E = 1.817218,
                                .A = 477.826,
                                .B = 2143.417,
                                .alpha = 0.3473105,
                                .beta = 0.3671724};

/// A law, a budget and what the model of that budget's loss is used for.
struct Case {
  Chinchilla law;
  double flops;
  double inference_tokens;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.flops << " FLOPs, T " << c.inference_tokens << ", alpha "
       << c.law.alpha << ", beta " << c.law.beta;
}

class DecisionsTest : public testing::TestWithParam<Case> {
 protected:
  const Chinchilla& law() const { return GetParam().law; }
  double T() const { return GetParam().inference_tokens; }
  Optimum best() const { return OptimumAt(law(), GetParam().flops); }
};

INSTANTIATE_TEST_SUITE_P(
    Laws, DecisionsTest,
    testing::Values(Case{kPublished, 5.76e23, 1e12},
                    Case{kPublished, 1e19, 1e15}, Case{kPublished, 1e26, 1e6},
                    Case{kPublished, 1e21, 1e20},
                    Case{{1.69, 406.4, 410.7, 0.34, 0.28}, 1e24, 2e12},
                    Case{{1.12, 190.0, 820.0, 0.56, 0.58}, 1e13, 1e9},
                    Case{{0.0, 3.0, 2e30, 0.05, 1.9}, 1e22, 1e17},
                    Case{{3.0, 1e40, 5.0, 2.5, 0.09}, 1e20, 1e5}));

TEST_P(DecisionsTest, TokensForTheOptimumsLossAreTheOptimums) {
  const auto D = TokensForLoss(law(), best().N, best().loss);
  ASSERT_TRUE(D.has_value());
  EXPECT_NEAR(*D / best().D, 1.0, 1e-7);
}

TEST_P(DecisionsTest, TheCheapestComputeOfAnOptimumsLossIsItsBudget) {
  const auto C = FlopsForLoss(law(), best().loss);
  ASSERT_TRUE(C.has_value());
  EXPECT_NEAR(*C / GetParam().flops, 1.0, 1e-7);
}

TEST_P(DecisionsTest, WithoutInferenceTheOptimumIsTheCheapestRun) {
  const Optimum run = CheapestWithInference(law(), best(), 0.0);
  EXPECT_NEAR(run.N / best().N, 1.0, 1e-12);
  EXPECT_NEAR(run.D / best().D, 1.0, 1e-12);
}

/// The stationarity of the Lagrangian 6ND + 2NT - lambda (loss - L): the two
/// multipliers that N and D ask for are the same.
TEST_P(DecisionsTest, TheInferenceOptimumIsStationary) {
  const Optimum run = CheapestWithInference(law(), best(), T());
  EXPECT_NEAR(Loss(law(), run.N, run.D), best().loss, 1e-10 * best().loss);
  const double by_N = (6.0 * run.D + 2.0 * T()) * run.N /
                      (law().alpha * law().A * std::pow(run.N, -law().alpha));
  const double by_D = 6.0 * run.N * run.D /
                      (law().beta * law().B * std::pow(run.D, -law().beta));
  EXPECT_NEAR(by_N / by_D, 1.0, 1e-9);
}

/// Returns the total of the cheapest run of `loss`, over a fine grid of N.
double CheapestOnAGrid(const Chinchilla& law, double loss, double T, double N) {
  double cheapest = std::numeric_limits<double>::infinity();
  for (int i = -4000; i <= 4000; ++i) {
    const double size = N * std::exp(0.002 * i);
    const auto D = TokensForLoss(law, size, loss);
    if (D) cheapest = std::min(cheapest, 6.0 * size * *D + 2.0 * size * T);
  }
  return cheapest;
}

TEST_P(DecisionsTest, NoRunOnAGridIsCheaperThanTheInferenceOptimum) {
  const Optimum run = CheapestWithInference(law(), best(), T());
  const double total = 6.0 * run.N * run.D + 2.0 * run.N * T();
  const double on_grid = CheapestOnAGrid(law(), best().loss, T(), run.N);
  EXPECT_LE(total, on_grid * (1.0 + 1e-12));
  EXPECT_NEAR(total / on_grid, 1.0, 1e-4);
}

TEST_P(DecisionsTest, InferenceMakesTheModelSmallerAndItsTrainingLonger) {
  const Optimum run = CheapestWithInference(law(), best(), T());
  EXPECT_LT(run.N, best().N);
  EXPECT_GT(run.D, best().D);
}

TEST_P(DecisionsTest, LimitsThatDoNotBindChangeNothing) {
  const Optimum small =
      OptimumWithParamsUpTo(law(), GetParam().flops, 2.0 * best().N);
  const Optimum few =
      OptimumWithTokensUpTo(law(), GetParam().flops, 2.0 * best().D);
  EXPECT_EQ(small.N, best().N);
  EXPECT_EQ(few.D, best().D);
}

/// No run of the budget within the limit is better, over a fine grid.
TEST_P(DecisionsTest, TheBestRunWithinALimitIsTheBestOnAGrid) {
  const double C = GetParam().flops;
  const double limit = best().N / 3.0;
  const Optimum small = OptimumWithParamsUpTo(law(), C, limit);
  const Optimum few = OptimumWithTokensUpTo(law(), C, best().D / 3.0);
  EXPECT_NEAR(6.0 * small.N * small.D / C, 1.0, 1e-14);
  EXPECT_NEAR(6.0 * few.N * few.D / C, 1.0, 1e-14);
  for (double N = limit; N > 1e-3 * limit; N *= 0.99) {
    EXPECT_LE(small.loss, Loss(law(), N, C / (6.0 * N)));
  }
  for (double D = best().D / 3.0; D > 1e-3 * best().D; D *= 0.99) {
    EXPECT_LE(few.loss, Loss(law(), C / (6.0 * D), D));
  }
}

TEST_P(DecisionsTest, OvertrainingCostsWhatTheRunsSay) {
  const double last = LargestShrinkage(law());
  for (const double share : {0.0, 0.2, 0.5, 0.9}) {
    const double factor = 1.0 + share * (last - 1.0);
    const double N = best().N / factor;
    const auto D = TokensForLoss(law(), N, best().loss);
    const auto cost = OvertrainingCost(law(), factor);
    ASSERT_TRUE(D && cost) << factor;
    EXPECT_NEAR(6.0 * N * *D / GetParam().flops / *cost, 1.0, 1e-6) << factor;
  }
}

TEST_P(DecisionsTest, NoCostReachesTheLossFromTheLargestShrinkageOn) {
  const double last = LargestShrinkage(law());
  EXPECT_TRUE(OvertrainingCost(law(), last * (1.0 - 1e-9)).has_value());
  EXPECT_FALSE(OvertrainingCost(law(), last * (1.0 + 1e-9)).has_value());
  EXPECT_FALSE(OvertrainingCost(law(), 1e300).has_value());
}

TEST(Decisions, NothingReachesALossThatIsNotAboveE) {
  for (const double loss : {kPublished.E, 1.0, -1.0}) {
    EXPECT_FALSE(FlopsForLoss(kPublished, loss).has_value());
    EXPECT_FALSE(TokensForLoss(kPublished, 1e9, loss).has_value());
  }
}

TEST(Decisions, InferenceCountsWhereTheLossIsEToTheLastBit) {
  const Chinchilla steep{
      .E = 2.0, .A = 1e3, .B = 1e3, .alpha = 2.0, .beta = 2.0};
  const Optimum best = OptimumAt(steep, 1e40);
  ASSERT_EQ(best.loss, steep.E);
  const Optimum run = CheapestWithInference(steep, best, 1e20);
  EXPECT_LT(run.N, best.N);
  EXPECT_GT(run.D, best.D);
}

TEST(Decisions, ModelsTooSmallForALossHaveNoTokensForIt) {
  const double smallest =
      std::pow(kPublished.A / (2.0 - kPublished.E), 1.0 / kPublished.alpha);
  EXPECT_FALSE(TokensForLoss(kPublished, 0.999 * smallest, 2.0).has_value());
  EXPECT_TRUE(TokensForLoss(kPublished, 1.001 * smallest, 2.0).has_value());
}

TEST(Decisions, TheComputeOptimalModelCostsNoMoreThanItself) {
  EXPECT_NEAR(*OvertrainingCost(kPublished, 1.0), 1.0, 1e-14);
}

}  // namespace
}  // namespace isoflop
