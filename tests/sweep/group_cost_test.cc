#include "lib/sweep/group_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

// D's of 100, 200 and 400 steps; a fifth of each is its own.
TEST(TokensTrained, CountsTheLongestTrunkOnceAndEveryCooldown) {
  EXPECT_EQ(TokensTrained(TinyGroup()), (320 + 20 + 40 + 80) * 256);
}

TEST(TokensTrained, SharesNothingUnderACosine) {
  const Plan plan = PlanOf(TinySweepWith("/training/schedule/kind", "cosine"));
  EXPECT_EQ(TokensTrained(plan.groups[0]), 100 * 256);
}

TEST(TokensTrained, IsTheLongestRunUnderAConstantRate) {
  const Plan plan =
      PlanOf(TinySweepWith("/training/schedule/kind", "constant"));
  EXPECT_EQ(TokensTrained(plan.groups[0]), 400 * 256);
}

TEST(Totals, AddUpWithAndWithoutSharedTrunks) {
  const Plan plan = PlanOf(TinySweep());
  const PlanTotals totals = Totals(plan);
  double per_step = 0.0;  // 6 N summed over groups, one step each
  for (const RunGroup& group : plan.groups) {
    per_step += 6.0 * static_cast<double>(group.params.total) * 256;
  }
  EXPECT_EQ(totals.runs, 18);
  EXPECT_EQ(totals.tokens, 6 * 460 * 256);
  EXPECT_NEAR(totals.flops, 460 * per_step, 1e-3);
  EXPECT_NEAR(totals.flops_without_shared_trunks, 700 * per_step, 1e-3);
  EXPECT_GT(totals.disk_bytes, 0.0);
}

TEST(Totals, AreTheSameSharedOrNotUnderACosine) {
  const PlanTotals totals =
      Totals(PlanOf(TinySweepWith("/training/schedule/kind", "cosine")));
  EXPECT_DOUBLE_EQ(totals.flops, totals.flops_without_shared_trunks);
}

TEST(EstimateCheckpointBytes, AreSixTimesWeightsAndMoments) {
  const RunGroup group = TinyGroup();
  EXPECT_DOUBLE_EQ(EstimateCheckpointBytes(group),
                   6 * 12.0 * static_cast<double>(group.params.total));
}

TEST(EstimateRecordBytes, GrowWithRunsAndLoggedSteps) {
  RunGroup group = TinyGroup();
  const double bytes = EstimateRecordBytes(group);
  group.training.log_every_steps = 1;
  EXPECT_GT(EstimateRecordBytes(group), bytes);
  group.runs.pop_back();
  EXPECT_LT(EstimateRecordBytes(group), bytes + 460 * 200.0);
}

TEST(HiddenLr, IsThePeakWithoutScaling) {
  RunGroup group = TinyGroup();
  group.training.reference_d_model = 2 * group.shape.d_model;
  EXPECT_DOUBLE_EQ(HiddenLr(group), 2.0 * group.training.peak_lr);
  group.training.lr_scaling = LrScaling::kNone;
  EXPECT_DOUBLE_EQ(HiddenLr(group), group.training.peak_lr);
}

}  // namespace
}  // namespace isoflop
