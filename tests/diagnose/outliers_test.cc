#include "analysis/diagnose/outliers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/regress/chinchilla_fit.h"
#include "lib/numeric/robust_scale.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

constexpr int kCoefficients = 5;

Outliers Find(const std::vector<Observation>& runs,
              const Chinchilla& law = kSmallLaw) {
  return *OutliersOf(ResidualsOf(runs, law), kCoefficients);
}

std::vector<std::size_t> RunsOf(const Outliers& outliers) {
  std::vector<std::size_t> runs;
  for (const RunResidual& r : outliers.runs) runs.push_back(r.run);
  return runs;
}

TEST(Outliers, AreTheRunsThatNoNoiseExplainsTheFarthestFirst) {
  auto runs = WithNoise(SmallSweep(), 0.003, 5);
  runs[3].L *= 1.05;
  runs[7].L /= 1.20;
  EXPECT_THAT(RunsOf(Find(runs)), ElementsAre(7, 3));
}

TEST(Outliers, AreNoneInExactLosses) {
  EXPECT_THAT(RunsOf(Find(SmallSweep())), ElementsAre());
}

TEST(Outliers, AreNotWhatRoundingOfLossesLeaves) {
  auto runs = SmallSweep();
  runs[2].L *= 1.0 + 0.5 * kRoundedLoss;
  EXPECT_THAT(RunsOf(Find(runs)), ElementsAre());
}

TEST(Outliers, AreNotLookedForInAFewRuns) {
  auto runs = SmallSweep();
  runs.resize(kCoefficients + kFewestSpare - 1);
  EXPECT_FALSE(
      OutliersOf(ResidualsOf(runs, kSmallLaw), kCoefficients).has_value());
}

/// Simulations of the whole way: noise, fit, residuals.
struct Counts {
  int clean_with_outliers = 0;
  int named = 0;
};

Counts Simulate(int tables) {
  Counts counts;
  const ObjectiveOptions options;
  for (int i = 0; i < tables; ++i) {
    auto runs = WithNoise(SmallSweep(), 0.004, 1000 + i);
    const auto outliers = [&] {
      return Find(runs, FitChinchilla(runs, options).law);
    };
    if (!outliers().runs.empty()) ++counts.clean_with_outliers;
    const std::size_t wrong = static_cast<std::size_t>(i) % runs.size();
    // Ten deviations above, as a run that diverged, or below, as a misprint.
    runs[wrong].L *= std::exp(i % 2 == 0 ? 0.04 : -0.04);
    const auto found = RunsOf(outliers());
    if (std::ranges::find(found, wrong) != found.end()) ++counts.named;
  }
  return counts;
}

TEST(Outliers, OfTenDeviationsAreNamedAndCleanTablesAreNot) {
  constexpr int kTables = 100;
  const Counts counts = Simulate(kTables);
  EXPECT_LE(counts.clean_with_outliers, 5);
  EXPECT_GE(counts.named, 95);
}

}  // namespace
}  // namespace isoflop
