#include "analysis/diagnose/holdout.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::vector<Observation> Grid() {
  return FullGrid(kSmallLaw, Doubling(1e4, 5), Doubling(1e6, 5));
}

TEST(Holdout, PredictsALawFromItsCheapRuns) {
  const auto holdout = HoldOut(Grid(), 2e12, {});
  ASSERT_EQ(holdout.status, FitStatus::kOk) << holdout.reason;
  EXPECT_EQ(holdout.fitted + holdout.held_out, 25);
  EXPECT_GT(holdout.held_out, 3);
  EXPECT_TRUE(holdout.certificate.certified());
  EXPECT_LT(holdout.max_absolute_error, 1e-7);
}

TEST(Holdout, MeasuresWhatThePredictionMisses) {
  auto runs = Grid();
  int held_out = 0;
  for (Observation& o : runs) {
    if (o.C <= 2e12) continue;
    o.L += held_out % 2 == 0 ? 0.1 : -0.3;
    ++held_out;
  }
  ASSERT_EQ(held_out % 2, 0);
  const auto holdout = HoldOut(runs, 2e12, {});
  EXPECT_NEAR(holdout.mean_absolute_error, 0.2, 1e-6);
  EXPECT_NEAR(holdout.rms_error, std::sqrt(0.05), 1e-6);
  EXPECT_NEAR(holdout.mean_error, 0.1, 1e-6);
  EXPECT_NEAR(holdout.max_absolute_error, 0.3, 1e-6);
}

TEST(Holdout, FitsRunsAtTheCutItself) {
  const auto holdout = HoldOut(Grid(), Grid().back().C, {});
  EXPECT_EQ(holdout.held_out, 0);
  EXPECT_EQ(holdout.status, FitStatus::kUnsupported);
  EXPECT_EQ(holdout.reason, "no run has more compute than that");
}

TEST(Holdout, IsUnsupportedWhenTooLittleIsLeftToFit) {
  const auto holdout = HoldOut(Grid(), 1e11, {});
  EXPECT_EQ(holdout.status, FitStatus::kUnsupported);
  EXPECT_NE(holdout.reason.find("observations"), std::string::npos);
  EXPECT_GT(holdout.held_out, 0);
}

TEST(Holdout, SaysHowFarItExtrapolatesAndThatItsFitIsAnOptimum) {
  const auto holdout = HoldOut(Grid(), 2e12, {});
  EXPECT_NEAR(holdout.extrapolation_decades, std::log10(8.0), 0.01);
  EXPECT_TRUE(holdout.certificate.converged);
  EXPECT_GT(holdout.certificate.agreeing, 1);
}

TEST(HoldoutCuts, LeaveOutOneTwoAndThreeBudgets) {
  const auto runs =
      IsoflopGrid(kSmallLaw, {1e11, 2e11, 4e11, 8e11, 1.6e12, 3.2e12}, 7, 4.0);
  const auto cuts = HoldoutCuts(runs);
  ASSERT_EQ(cuts.size(), 3U);
  EXPECT_NEAR(cuts[0] / 1.6e12, 1.0, 1e-9);
  EXPECT_NEAR(cuts[1] / 8e11, 1.0, 1e-9);
  EXPECT_NEAR(cuts[2] / 4e11, 1.0, 1e-9);
}

TEST(HoldoutCuts, LeaveHalfOfTheRunsToFit) {
  const auto cuts =
      HoldoutCuts(IsoflopGrid(kSmallLaw, {1e11, 1e12, 1e13}, 7, 4.0));
  ASSERT_EQ(cuts.size(), 1U);
  EXPECT_NEAR(cuts[0] / 1e12, 1.0, 1e-9);
}

TEST(HoldoutCuts, AreSharesOfTheRunsWhereThereAreNoBudgets) {
  std::vector<Observation> runs;
  for (int i = 0; i < 100; ++i) {
    const double N = 1e4 * std::pow(1.05, i);
    runs.push_back(MakeObservation(N, 30.0 * N, Loss(kSmallLaw, N, 30.0 * N)));
  }
  const auto cuts = HoldoutCuts(runs);
  ASSERT_EQ(cuts.size(), 3U);
  EXPECT_EQ(cuts[0], runs[89].C);
  EXPECT_EQ(cuts[1], runs[79].C);
  EXPECT_EQ(cuts[2], runs[59].C);
}

TEST(HoldoutCuts, AreNoneWhereAllRunsHaveTheSameCompute) {
  EXPECT_TRUE(HoldoutCuts(IsoflopGrid(kSmallLaw, {1e12}, 9, 4.0)).empty());
}

}  // namespace
}  // namespace isoflop
