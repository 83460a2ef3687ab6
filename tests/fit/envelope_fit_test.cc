#include "analysis/fit/envelope_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

Observation RunAt(double N, double C, double L) {
  return MakeObservation(N, C / (6.0 * N), L);
}

std::vector<EnvelopePoint> EnvelopeOf(const std::vector<Observation>& runs,
                                      const std::vector<double>& counts = {}) {
  return LowerEnvelope(runs, Ladder(runs), counts);
}

std::vector<std::size_t> RunsOf(const std::vector<Observation>& runs,
                                const std::vector<double>& counts = {}) {
  std::vector<std::size_t> indices;
  for (const EnvelopePoint& point : EnvelopeOf(runs, counts)) {
    indices.push_back(point.run);
  }
  return indices;
}

/// The best size of each budget between one half and one twice as large.
std::vector<Observation> Triples(const Chinchilla& law, double low,
                                 double high) {
  std::vector<Observation> runs;
  for (double C = low; C < high; C *= 10.0) {
    const double best = OptimumAt(law, C).N;
    for (const double N : {0.5 * best, best, 2.0 * best}) {
      runs.push_back(RunAt(N, C, Loss(law, N, C / (6.0 * N))));
    }
  }
  return runs;
}

TEST(LowerEnvelope, KeepsTheLowestLossOfEachBudget) {
  const std::vector<Observation> runs = {
      RunAt(1e6, 1e15, 3.0), RunAt(2e6, 1e15, 2.9), RunAt(4e6, 1e15, 3.1),
      RunAt(2e6, 1e16, 2.8), RunAt(4e6, 1e16, 2.7)};
  EXPECT_EQ(RunsOf(runs), (std::vector<std::size_t>{1, 4}));
}

TEST(LowerEnvelope, SaysWhereSizesCompete) {
  const std::vector<Observation> runs = {
      RunAt(1e6, 1e15, 3.0), RunAt(2e6, 1e15, 2.9), RunAt(4e6, 1e15, 3.1),
      RunAt(2e6, 1e16, 2.8), RunAt(4e6, 1e16, 2.7), RunAt(1e6, 1e16, 2.9)};
  const auto envelope = EnvelopeOf(runs);
  ASSERT_EQ(envelope.size(), 2U);
  EXPECT_TRUE(envelope[0].interior);
  EXPECT_FALSE(envelope[1].interior);
}

TEST(LowerEnvelope, DropsABudgetThatACheaperOneHasBeaten) {
  const std::vector<Observation> runs = {
      RunAt(1e6, 1e15, 3.0), RunAt(1e6, 1e17, 2.5), RunAt(1e6, 1e16, 3.0)};
  EXPECT_EQ(RunsOf(runs), (std::vector<std::size_t>{0, 1}));
}

TEST(LowerEnvelope, LetsRunsWithoutBudgetStandForThemselves) {
  std::vector<Observation> runs;
  for (int i = 0; i < 40; ++i) {
    runs.push_back(RunAt(1e6, 1e15 * std::pow(1.015, i), i == 20 ? 2.0 : 3.0));
  }
  EXPECT_EQ(RunsOf(runs), (std::vector<std::size_t>{0, 20}));
}

TEST(LowerEnvelope, PassesOverRunsThatWereNotDrawn) {
  const std::vector<Observation> runs = {RunAt(1e6, 1e15, 3.0),
                                         RunAt(2e6, 1e15, 2.9)};
  EXPECT_EQ(RunsOf(runs, {1.0, 0.0}), (std::vector<std::size_t>{0}));
}

TEST(LowerEnvelope, DoesNotDependOnTheOrderOfRows) {
  std::vector<Observation> runs;
  for (int i = 0; i < 40; ++i) {  // ties in C of runs without a budget
    const double C = 1e15 * std::pow(1.015, i);
    runs.push_back(RunAt(1e6, C, 3.0 - 0.01 * i));
    runs.push_back(RunAt(2e6, C, 2.9 - 0.01 * i));
    runs.push_back(RunAt(4e6, C, 2.9 - 0.01 * i));
  }
  const auto sizes = [](const std::vector<Observation>& rows) {
    std::vector<double> found;
    for (const std::size_t i : RunsOf(rows)) found.push_back(rows[i].N);
    return found;
  };
  const auto in_order = sizes(runs);
  std::ranges::reverse(runs);
  EXPECT_EQ(sizes(runs), in_order);
  EXPECT_EQ(in_order.size(), 40U);
  EXPECT_EQ(in_order.front(), 2e6);
}

TEST(EnvelopeFit, RecoversTheExponentsOfOptimalRuns) {
  const auto fit = FitEnvelope(Triples(kSmallLaw, 1e15, 1e20));
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.a.value, ParamsExponent(kSmallLaw), 1e-9);
  EXPECT_NEAR(fit.b.value, TokensExponent(kSmallLaw), 1e-9);
}

TEST(EnvelopeFit, IsUnsupportedWithTwoOptima) {
  const auto fit = FitEnvelope(Triples(kSmallLaw, 1e15, 5e16));
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.reason,
            "at 2 of 2 points of the lower envelope a smaller and a larger "
            "size had the same compute and did worse: at least 3 are needed");
}

TEST(EnvelopeFit, IsUnsupportedWhenTheOptimaAreNearlyOne) {
  const auto fit = FitEnvelopeOptima(3, {{1e17, 1e6, 1e10, 1.0},
                                         {1.1e17, 4e6, 4e9, 1.0},
                                         {1.2e17, 4e6, 5e9, 1.0}});
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.reason,
            "the optima span a factor of only 1.2 in C: an exponent needs at "
            "least 4");
}

// Each of these designs fixes the exponent, whatever the losses are.
TEST(EnvelopeFit, DoesNotTakeTheDesignForAnOptimum) {
  const auto one_size = FullGrid(kSmallLaw, {1e5}, Doubling(1e6, 10));
  const auto one_length = FullGrid(kSmallLaw, Doubling(1e5, 10), {1e7});
  std::vector<Observation> ladder;
  for (const double N : Doubling(1e5, 10)) {
    ladder.push_back(MakeObservation(N, 20 * N, Loss(kSmallLaw, N, 20 * N)));
  }
  for (const auto& design : {one_size, one_length, ladder}) {
    const auto fit = FitEnvelope(design);
    EXPECT_EQ(fit.status, FitStatus::kUnsupported);
    EXPECT_EQ(fit.points, 10);
    EXPECT_NE(fit.reason.find("at 0 of 10 points"), std::string::npos)
        << fit.reason;
  }
}

TEST(EnvelopeFit, IsUnsupportedWhenOneSizeIsBestEverywhere) {
  std::vector<Observation> runs;
  for (const double C : {1e15, 1e16, 1e17}) {
    runs.push_back(RunAt(1e4, C, 3.0 - 0.01 * std::log10(C)));
    runs.push_back(RunAt(1e6, C, 2.0 - 0.01 * std::log10(C)));
    runs.push_back(RunAt(1e8, C, 3.0 - 0.01 * std::log10(C)));
  }
  const auto fit = FitEnvelope(runs);
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.reason.find("one size is best"), std::string::npos);
}

}  // namespace
}  // namespace isoflop
