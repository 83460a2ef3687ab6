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

TEST(EstimateMemoryBytes, HoldsAtLeastWeightsGradientsAndMoments) {
  const RunGroup group = TinyGroup();
  EXPECT_GT(EstimateMemoryBytes(group),
            20.0 * static_cast<double>(group.params.total))
      << "and the root of the second moment, while a GPU updates";
}

TEST(EstimateMemoryBytes, ShrinksWithTheMicroBatch) {
  RunGroup group = TinyGroup();
  const double whole = EstimateMemoryBytes(group);
  group.training.micro_batch_tokens = 32;
  EXPECT_LT(EstimateMemoryBytes(group), whole);
}

TEST(EstimateMemoryBytes, NeedsASnapshotOnlyForBranches) {
  RunGroup group = TinyGroup();
  const double with_branches = EstimateMemoryBytes(group);
  group.runs.resize(1);
  EXPECT_DOUBLE_EQ(with_branches - EstimateMemoryBytes(group),
                   12.0 * static_cast<double>(group.params.total));
}

TEST(EstimateMemoryBytes, AddsTheCopiesAndHalvesTheActivationsOfBf16) {
  RunGroup group = TinyGroup();
  group.training.micro_batch_tokens = 32;
  const double fp32 = EstimateMemoryBytes(group);
  group.training.precision = Precision::kBf16;
  const ModelShape& s = group.shape;
  const double activations =
      static_cast<double>(14 * s.d_model + 3 * s.d_ff + 2 * s.heads * 32) * 32;
  EXPECT_DOUBLE_EQ(
      EstimateMemoryBytes(group) - fp32,
      4.0 * static_cast<double>(group.params.total) - 2.0 * activations)
      << "weights and gradients, two bytes each";
}

}  // namespace
}  // namespace isoflop
