#include "analysis/regress/run_block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace isoflop {
namespace {

std::vector<LawRun> NumberedRuns(int count) {
  std::vector<LawRun> runs;
  for (int i = 0; i < count; ++i) {
    LawRun run{.N = 1e6 * (1 + i), .D = 1e9 / (1 + i)};
    run.y = 2.0 + i;
    run.weight = 1.0 + 0.5 * i;
    runs.push_back(run);
  }
  return runs;
}

const std::vector<double LawRun::*> kSizeAndData = {&LawRun::N, &LawRun::D};

BlockedRuns Blocked(const std::vector<LawRun>& runs) {
  return {runs, kSizeAndData, UnitsOf(runs, kSizeAndData)};
}

TEST(BlockedRuns, HaveGeometricMeansOfOne) {
  const auto runs = NumberedRuns(20);
  const BlockedRuns blocked = Blocked(runs);
  double log_N = 0.0;
  double log_y = 0.0;
  for (const RunBlock& block : blocked.blocks()) {
    for (int i = 0; i < kLanes; ++i) {
      if (block.weight[i] == 0.0) continue;
      log_N += block.input[0][i];
      log_y += block.log_y[i];
      EXPECT_NEAR(std::log(block.y[i]), block.log_y[i], 1e-14);
    }
  }
  EXPECT_NEAR(log_N, 0.0, 1e-12);
  EXPECT_NEAR(log_y, 0.0, 1e-12);
  EXPECT_EQ(blocked.size(), 20U);
}

TEST(BlockedRuns, FillTheLastBlockWithItsLastRunOfNoWeight) {
  const auto runs = NumberedRuns(kLanes + 3);
  const BlockedRuns blocked = Blocked(runs);
  ASSERT_EQ(blocked.blocks().size(), 2U);
  const RunBlock& last = blocked.blocks()[1];
  for (int i = 3; i < kLanes; ++i) {
    EXPECT_EQ(last.weight[i], 0.0);
    EXPECT_EQ(last.y[i], last.y[2]);
    EXPECT_EQ(last.input[1][i], last.input[1][2]);
  }
  EXPECT_EQ(last.weight[2], runs.back().weight);
}

TEST(BlockedRuns, LeaveOutRunsOfWeightZero) {
  const auto runs = NumberedRuns(5);
  BlockedRuns blocked = Blocked(runs);
  EXPECT_NEAR(blocked.WeightSum(), 10.0, 1e-14);
  blocked.SetWeightFactors(std::vector{1.0, 0.0, 2.0, 0.0, 1.0});
  const RunBlock& block = blocked.blocks().at(0);
  EXPECT_EQ(block.weight[0], 1.0);
  EXPECT_EQ(block.weight[1], 4.0);
  EXPECT_EQ(block.weight[2], 3.0);
  EXPECT_EQ(block.weight[3], 0.0);
  EXPECT_NEAR(blocked.WeightSum(), 8.0, 1e-14);
  blocked.SetWeightFactors(std::vector(5, 0.0));
  EXPECT_TRUE(blocked.blocks().empty());
}

TEST(BlockedRuns, KeepVariantsApartAndWeightsWithTheirRuns) {
  auto runs = NumberedRuns(8);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].variant = static_cast<int>(i % 2);
  }
  BlockedRuns blocked = Blocked(runs);
  ASSERT_EQ(blocked.blocks().size(), 2U);
  EXPECT_EQ(blocked.blocks()[0].variant, 0);
  EXPECT_EQ(blocked.blocks()[1].variant, 1);
  std::vector<double> factors(8, 1.0);
  factors[3] = 10.0;
  blocked.SetWeightFactors(factors);
  EXPECT_EQ(blocked.blocks()[1].weight[1], 10.0 * runs[3].weight);
}

}  // namespace
}  // namespace isoflop
