#include "analysis/fit/envelope_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/fit/synthetic.h"

namespace isoflop {
namespace {

Observation RunAt(double N, double C, double L) {
  return MakeObservation(N, C / (6.0 * N), L);
}

TEST(LowerEnvelope, KeepsTheLowestLossOfEachBudget) {
  const std::vector<Observation> runs = {
      RunAt(1e6, 1e15, 3.0), RunAt(2e6, 1e15, 2.9), RunAt(4e6, 1e15, 3.1),
      RunAt(2e6, 1e16, 2.8), RunAt(4e6, 1e16, 2.7)};
  EXPECT_EQ(LowerEnvelope(runs), (std::vector<std::size_t>{1, 4}));
}

TEST(LowerEnvelope, DropsABudgetThatACheaperOneHasBeaten) {
  const std::vector<Observation> runs = {
      RunAt(1e6, 1e15, 3.0), RunAt(1e6, 1e17, 2.5), RunAt(1e6, 1e16, 3.0)};
  EXPECT_EQ(LowerEnvelope(runs), (std::vector<std::size_t>{0, 1}));
}

TEST(LowerEnvelope, LetsRunsWithoutBudgetStandForThemselves) {
  std::vector<Observation> runs;
  for (int i = 0; i < 40; ++i) {
    runs.push_back(RunAt(1e6, 1e15 * std::pow(1.015, i), i == 20 ? 2.0 : 3.0));
  }
  EXPECT_EQ(LowerEnvelope(runs), (std::vector<std::size_t>{0, 20}));
}

TEST(LowerEnvelope, PassesOverRunsThatWereNotDrawn) {
  const std::vector<Observation> runs = {RunAt(1e6, 1e15, 3.0),
                                         RunAt(2e6, 1e15, 2.9)};
  const std::vector<double> counts = {1.0, 0.0};
  EXPECT_EQ(LowerEnvelope(runs, counts), (std::vector<std::size_t>{0}));
}

TEST(EnvelopeFit, RecoversTheExponentsOfOptimalRuns) {
  std::vector<Observation> runs;
  for (double C = 1e15; C < 1e20; C *= 10.0) {
    const Optimum best = OptimumAt(kSmallLaw, C);
    runs.push_back(MakeObservation(best.N, best.D, best.loss));
  }
  const auto fit = FitEnvelope(runs);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.a.value, ParamsExponent(kSmallLaw), 1e-9);
  EXPECT_NEAR(fit.b.value, TokensExponent(kSmallLaw), 1e-9);
}

TEST(EnvelopeFit, IsUnsupportedWithTwoRuns) {
  const auto fit = FitEnvelope(
      std::vector<Observation>{RunAt(1e6, 1e15, 3.0), RunAt(1e6, 1e16, 2.5)});
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.reason, "2 runs on the lower envelope: at least 3 are needed");
}

}  // namespace
}  // namespace isoflop
