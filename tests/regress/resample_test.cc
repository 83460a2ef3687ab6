#include "analysis/regress/resample.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::vector<Observation> Grouped() {
  std::vector<Observation> runs(7, MakeObservation(1e6, 1e8, 3.0));
  for (const std::size_t i : {0U, 2U, 5U}) runs[i].group = "trunk-a";
  for (const std::size_t i : {1U, 3U}) runs[i].group = "trunk-b";
  return runs;
}

TEST(Resample, DrawsEveryRunByItself) {
  EXPECT_EQ(ResampleUnits(Grouped(), ResampleUnit::kRun).size(), 7U);
}

TEST(Resample, DrawsGroupsWhole) {
  const auto units = ResampleUnits(Grouped(), ResampleUnit::kGroup);
  ASSERT_EQ(units.size(), 4U);
  EXPECT_EQ(units[0], (std::vector<std::size_t>{0, 2, 5}));
  EXPECT_EQ(units[1], (std::vector<std::size_t>{1, 3}));
}

TEST(Resample, SeesWhetherRunsShareATrunk) {
  EXPECT_TRUE(HasGroups(Grouped()));
  auto apart = Grouped();
  for (std::size_t i = 0; i < apart.size(); ++i) {
    apart[i].group = std::to_string(i);
  }
  EXPECT_FALSE(HasGroups(apart));
}

TEST(Resample, GivesTheRunsOfAGroupTheSameCount) {
  const auto units = ResampleUnits(Grouped(), ResampleUnit::kGroup);
  for (int i = 0; i < 50; ++i) {
    const auto counts = DrawCounts(units, 7, 1, i);
    EXPECT_EQ(counts[0], counts[2]);
    EXPECT_EQ(counts[0], counts[5]);
    EXPECT_EQ(counts[1], counts[3]);
  }
}

TEST(Resample, DrawsAsManyUnitsAsThereAre) {
  const auto units = ResampleUnits(Grouped(), ResampleUnit::kRun);
  for (int i = 0; i < 50; ++i) {
    const auto counts = DrawCounts(units, 7, 1, i);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0.0), 7.0);
  }
}

TEST(Resample, IsTheSameForTheSameSeedAndIndexOnly) {
  const auto units = ResampleUnits(Grouped(), ResampleUnit::kRun);
  EXPECT_EQ(DrawCounts(units, 7, 1, 4), DrawCounts(units, 7, 1, 4));
  EXPECT_NE(DrawCounts(units, 7, 1, 4), DrawCounts(units, 7, 1, 5));
  EXPECT_NE(DrawCounts(units, 7, 1, 4), DrawCounts(units, 7, 2, 4));
}

TEST(Resample, DrawsEveryRunOnceOnAverage) {
  const auto units = ResampleUnits(Grouped(), ResampleUnit::kRun);
  std::vector<double> total(7, 0.0);
  for (int i = 0; i < 4000; ++i) {
    const auto counts = DrawCounts(units, 7, 3, i);
    for (std::size_t j = 0; j < 7; ++j) total[j] += counts[j] / 4000.0;
  }
  for (const double mean : total) EXPECT_NEAR(mean, 1.0, 0.06);
}

}  // namespace
}  // namespace isoflop
