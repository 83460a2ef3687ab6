#include "lib/execute/cost_model.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

RunGroup GroupWith(std::int64_t d_model, std::int64_t tokens) {
  RunGroup group;
  group.shape.d_model = d_model;
  group.shape.layers = 2;
  group.shape.heads = 1;
  group.shape.context = 64;
  group.shape.vocab_size = 64;
  group.shape.d_ff = 4 * d_model;
  group.training.batch_tokens = 256;
  group.data.eval_tokens = 0;
  PlannedRun run;
  run.tokens = tokens;
  run.steps = tokens / 256;
  group.runs = {run};
  return group;
}

ProbeReport Probed() {
  ProbeReport probe;
  probe.fp32_flops_per_second = 1e11;
  probe.bf16_flops_per_second = 3e11;
  probe.operation_seconds = 1.7e-6;
  return probe;
}

double Seconds(const CostModel& cost, const RunGroup& group) {
  return cost.Seconds(group, "cpu", 1 << 20);
}

TEST(CostModel, FindsALargerModelSlower) {
  const CostModel cost;
  EXPECT_LT(Seconds(cost, GroupWith(32, 0)), Seconds(cost, GroupWith(64, 0)));
}

TEST(CostModel, FindsTwiceTheTokensTwiceAsLong) {
  const CostModel cost;
  const RunGroup group = GroupWith(32, 0);
  EXPECT_DOUBLE_EQ(cost.Seconds(group, "cpu", 2000),
                   2.0 * cost.Seconds(group, "cpu", 1000));
}

TEST(CostModel, IsNearThePrototypeOfTheRecipe) {
  const CostModel cost(Probed());
  EXPECT_NEAR(1e6 / cost.Seconds(GroupWith(16, 0), "cpu", 1000000), 169e3,
              90e3);
  EXPECT_NEAR(1e6 / cost.Seconds(GroupWith(96, 0), "cpu", 1000000), 55e3, 30e3);
}

TEST(CostModel, KnowsWhetherItRestsOnAMeasurement) {
  CostModel cost(Probed());
  EXPECT_TRUE(cost.Measured("cpu"));
  EXPECT_FALSE(cost.Measured("cuda:0"));
  EXPECT_FALSE(CostModel().Measured("cpu"));
  cost.Observe(GroupWith(32, 0), "cuda:0", 1e6);
  EXPECT_TRUE(cost.Measured("cuda:0"));
}

TEST(CostModel, FindsBf16FasterWhereItIs) {
  const CostModel cost(Probed());
  RunGroup group = GroupWith(512, 0);
  const double fp32 = Seconds(cost, group);
  group.training.precision = Precision::kBf16;
  EXPECT_LT(Seconds(cost, group), fp32);
}

TEST(CostModel, BelievesTheRateThatWasMeasured) {
  CostModel cost;
  const RunGroup group = GroupWith(32, 0);
  cost.Observe(group, "cpu", 5e4);
  EXPECT_NEAR(cost.Seconds(group, "cpu", 100000), 2.0, 1e-9);
}

TEST(CostModel, CorrectsOtherShapesByTheMeanRatio) {
  CostModel cost;
  const RunGroup seen = GroupWith(32, 0);
  const RunGroup other = GroupWith(64, 0);
  const double before = Seconds(cost, other);
  const double rate = 1e6 / cost.Seconds(seen, "cpu", 1000000);
  cost.Observe(seen, "cpu", rate / 3.0);
  EXPECT_NEAR(Seconds(cost, other), 3.0 * before, 1e-9 * before);
}

TEST(BusyShare, IsLargerOfALargerModel) {
  const CostModel cost(Probed());
  EXPECT_LT(cost.BusyShare(GroupWith(16, 0), "cpu"), 0.5);
  EXPECT_LT(cost.BusyShare(GroupWith(16, 0), "cpu"),
            cost.BusyShare(GroupWith(128, 0), "cpu"));
  EXPECT_GT(cost.BusyShare(GroupWith(4096, 0), "cpu"), 0.95);
}

TEST(BusyShare, IsArithmeticOverTheTimeOfAStep) {
  CostModel cost(Probed());
  const RunGroup group = GroupWith(32, 0);
  cost.Observe(group, "cpu", 1000.0);
  EXPECT_NEAR(cost.BusyShare(group, "cpu"),
              cost.ArithmeticSeconds(group, "cpu", 1000), 1e-12);
}

TEST(BusyShare, IsAtMostOne) {
  CostModel cost;
  cost.Observe(GroupWith(32, 0), "cpu", 1e12);
  EXPECT_EQ(cost.BusyShare(GroupWith(32, 0), "cpu"), 1.0);
}

TEST(BusyShare, IsNotLoweredByARateBesideOthers) {
  CostModel cost(Probed());
  const RunGroup group = GroupWith(32, 0);
  const double rate = 1e6 / cost.Seconds(group, "cpu", 1000000);
  cost.Observe(group, "cpu", rate);
  const double share = cost.BusyShare(group, "cpu");
  cost.Observe(group, "cpu", rate / 4.0, /*alone=*/false);
  EXPECT_DOUBLE_EQ(cost.BusyShare(group, "cpu"), share);
  EXPECT_NEAR(cost.Seconds(group, "cpu", 1000000), 4e6 / rate, 1e-6);
}

TEST(BusyShare, IsRaisedByARateBesideOthersThatIsHigherThanTheOneAlone) {
  CostModel cost(Probed());
  const RunGroup group = GroupWith(32, 0);
  cost.Observe(group, "cpu", 1000.0);
  const double share = cost.BusyShare(group, "cpu");
  cost.Observe(group, "cpu", 2000.0, /*alone=*/false);
  EXPECT_NEAR(cost.BusyShare(group, "cpu"), 2.0 * share, 1e-9);
}

TEST(BusyShare, OfAShapeNotSeenGoesByThoseSeenAlone) {
  CostModel cost(Probed());
  const RunGroup seen = GroupWith(32, 0);
  const RunGroup other = GroupWith(16, 0);
  const double before = cost.BusyShare(other, "cpu");
  const double rate = 1e6 / cost.Seconds(seen, "cpu", 1000000);
  cost.Observe(seen, "cpu", rate / 2.0);
  EXPECT_NEAR(cost.BusyShare(other, "cpu"), before / 2.0, 1e-9);
}

TEST(EstimateWallSeconds, IsAbsentWithoutAMeasurement) {
  EXPECT_FALSE(EstimateWallSeconds({GroupWith(32, 256000)}, {{"cpu"}}, {}));
}

TEST(EstimateWallSeconds, PacksGroupsOntoSlotsLongestFirst) {
  CostModel cost;
  cost.Observe(GroupWith(32, 0), "cpu", 1000.0);
  const std::vector<RunGroup> groups = {
      GroupWith(32, 2000 * 256), GroupWith(32, 2000 * 256),
      GroupWith(32, 3000 * 256), GroupWith(32, 3000 * 256),
      GroupWith(32, 2000 * 256)};
  // 3 + 2 + 2 against 3 + 2, in thousands of steps.
  const double step = 256.0 / 1000.0;
  EXPECT_NEAR(*EstimateWallSeconds(groups, {{"cpu"}, {"cpu"}}, cost),
              7000.0 * step, 1e-6);
  EXPECT_NEAR(*EstimateWallSeconds(groups, {{"cpu"}}, cost), 12000.0 * step,
              1e-6);
}

TEST(EstimateWallSeconds, CountsAThirdOfWhatEveryRunIsEvaluatedOn) {
  CostModel cost;
  RunGroup group = GroupWith(32, 256000);
  cost.Observe(group, "cpu", 1000.0);
  const double trained = *EstimateWallSeconds({group}, {{"cpu"}}, cost);
  group.data.eval_tokens = 6000;
  EXPECT_NEAR(*EstimateWallSeconds({group}, {{"cpu"}}, cost) - trained, 2.0,
              1e-6);
}

/// A device of 1e11 FLOP/s whose steps take so long that eight groups at once
/// are as fast as on eight devices, or none are.
class SharedEstimateTest : public testing::Test {
 protected:
  double WallSeconds(double busy_share, std::size_t groups) {
    const RunGroup group = GroupWith(32, 256000);
    CostModel cost(Probed());
    const double rate =
        1e3 * busy_share / cost.ArithmeticSeconds(group, "cpu", 1000);
    cost.Observe(group, "cpu", rate);
    seconds_of_one_ = 256000.0 / rate;
    return *EstimateWallSeconds(
        std::vector<RunGroup>(groups, group),
        std::vector<Slot>(8, {"cpu", Sharing::kWhereItPays}), cost);
  }

  double seconds_of_one_ = 0.0;
};

TEST_F(SharedEstimateTest, TrainsAsManyAtOnceAsThereAreSlotsWhereThatPays) {
  const double wall_seconds = WallSeconds(0.01, 16);
  EXPECT_NEAR(wall_seconds, 2.0 * seconds_of_one_, 1e-6);
}

TEST_F(SharedEstimateTest, TrainsOneAfterAnotherWhereThatDoesNotPay) {
  const double wall_seconds = WallSeconds(1.0, 16);
  EXPECT_NEAR(wall_seconds, 16.0 * seconds_of_one_, 1e-6);
}

TEST_F(SharedEstimateTest, TrainsTwoAtOnceWhereEachTakesHalf) {
  const double wall_seconds = WallSeconds(0.5, 16);
  EXPECT_NEAR(wall_seconds, 8.0 * seconds_of_one_, 1e-6);
}

TEST_F(SharedEstimateTest, TakesAsLongForOneGroupAsWithoutOthers) {
  const double wall_seconds = WallSeconds(0.01, 1);
  EXPECT_NEAR(wall_seconds, seconds_of_one_, 1e-6);
}

}  // namespace
}  // namespace isoflop
