#include "lib/execute/group_task.h"

#include <gtest/gtest.h>

#include "lib/sweep/group_memory.h"
#include "tests/execute/group_of.h"

namespace isoflop {
namespace {

class CountBreakdownTest : public testing::Test {
 protected:
  CountBreakdownTest() {
    PlannedRun& run = group_.runs.emplace_back();
    run.steps = 100;
    run.branch_step = 100;
    task_.group = &group_;
  }

  int BreakAfter(std::int64_t steps) {
    task_.tokens_left = (100 - steps) * group_.training.batch_tokens;
    CountBreakdown(&task_);
    return task_.breakdowns;
  }

  RunGroup group_ = GroupOf(16);
  GroupTask task_;
};

TEST_F(CountBreakdownTest, CountsThoseInTheSamePlace) {
  EXPECT_EQ(BreakAfter(50), 1);
  EXPECT_EQ(BreakAfter(50), 2);
}

TEST_F(CountBreakdownTest, StartsAnewWhereTheGroupHasGotFurther) {
  EXPECT_EQ(BreakAfter(0), 1);
  EXPECT_EQ(BreakAfter(40), 1);
  EXPECT_EQ(BreakAfter(90), 1);
}

TEST_F(CountBreakdownTest, TakesNoNoticeOfAStepMoreOrLess) {
  EXPECT_EQ(BreakAfter(50), 1);
  EXPECT_EQ(BreakAfter(51), 2);
}

TEST_F(CountBreakdownTest, IsNotDeceivedByABreakdownFurtherBack) {
  EXPECT_EQ(BreakAfter(50), 1);
  EXPECT_EQ(BreakAfter(10), 2);
  EXPECT_EQ(BreakAfter(50), 3);
}

TEST_F(CountBreakdownTest, CountsNoneThatMayBeDueToAnotherGroup) {
  task_.tokens_left = 50 * group_.training.batch_tokens;
  NoteBreakdown(&task_);
  EXPECT_EQ(task_.breakdowns, 0);
  EXPECT_EQ(BreakAfter(50), 1);
}

TEST_F(CountBreakdownTest, ForgetsThemWhereAnotherStrikesFurtherOn) {
  EXPECT_EQ(BreakAfter(50), 1);
  task_.tokens_left = 20 * group_.training.batch_tokens;
  NoteBreakdown(&task_);
  EXPECT_EQ(task_.breakdowns, 0);
}

TEST_F(CountBreakdownTest, KnowsWhoHasGotFurther) {
  BreakAfter(50);
  EXPECT_FALSE(GotFurther(task_, 50 * group_.training.batch_tokens));
  EXPECT_TRUE(GotFurther(task_, 48 * group_.training.batch_tokens));
}

TEST(MayTrainBesideOthers, IsTrueOfASuspectOnceButNotWhereItWouldFail) {
  GroupTask task;
  EXPECT_TRUE(MayTrainBesideOthers(task));
  task.suspect = true;
  EXPECT_TRUE(MayTrainBesideOthers(task));
  task.breakdowns = 1;
  EXPECT_FALSE(MayTrainBesideOthers(task));
}

TEST(MayTrainBesideOthers, IsFalseAfterRunningOutOfMemoryBesideOthers) {
  GroupTask task;
  task.alone = true;
  EXPECT_FALSE(MayTrainBesideOthers(task));
}

TEST(EstimateGpuBytes, GoesByTheMicroBatchOfTheTask) {
  const RunGroup group = GroupOf(16, 12);
  GroupTask task;
  task.group = &group;
  EXPECT_EQ(EstimateGpuBytes(task),
            EstimateMemoryBytes(group, DeviceKind::kGpu));
  task.micro_batch_tokens = 16;
  EXPECT_LT(EstimateGpuBytes(task),
            EstimateMemoryBytes(group, DeviceKind::kGpu));
}

TEST(SmallerMicroBatch, HalvesWhatCanBeHalved) {
  const RunGroup group = GroupOf(16, 12);
  EXPECT_EQ(SmallerMicroBatch(group, 16 * 12), 16 * 6);
  EXPECT_EQ(SmallerMicroBatch(group, 16 * 6), 16 * 3);
}

TEST(SmallerMicroBatch, AlwaysDividesTheBatch) {
  EXPECT_EQ(SmallerMicroBatch(GroupOf(16, 12), 16 * 3), 16);
  EXPECT_EQ(SmallerMicroBatch(GroupOf(16, 15), 16 * 15), 16 * 5);
  EXPECT_EQ(SmallerMicroBatch(GroupOf(16, 7), 16 * 7), 16);
}

TEST(SmallerMicroBatch, EndsAtOneSequence) {
  EXPECT_FALSE(SmallerMicroBatch(GroupOf(16, 12), 16).has_value());
}

TEST(MicroBatchOf, IsTheSmallestThatWasAskedFor) {
  RunGroup group = GroupOf(16, 12);
  GroupTask task;
  task.group = &group;
  EXPECT_EQ(MicroBatchOf(task), 16 * 12);
  group.training.micro_batch_tokens = 16 * 6;
  EXPECT_EQ(MicroBatchOf(task), 16 * 6);
  task.micro_batch_tokens = 16;
  EXPECT_EQ(MicroBatchOf(task), 16);
}

}  // namespace
}  // namespace isoflop
