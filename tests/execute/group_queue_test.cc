#include "lib/execute/group_queue.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

RunGroup GroupOf(std::int64_t d_model, std::int64_t sequences = 12) {
  RunGroup group;
  group.shape.d_model = d_model;
  group.shape.layers = 2;
  group.shape.heads = 1;
  group.shape.context = 16;
  group.shape.vocab_size = 64;
  group.shape.d_ff = 4 * d_model;
  group.training.batch_tokens = 16 * sequences;
  return group;
}

class GroupQueueTest : public testing::Test {
 protected:
  void Push(const RunGroup& group, std::int64_t tokens, int breakdowns = 0,
            const std::string& broke_on = "") {
    GroupTask task;
    task.group = &group;
    task.tokens_left = tokens;
    task.breakdowns = breakdowns;
    task.broke_on = broke_on;
    queue_.Push(task);
  }

  const RunGroup* Pop(const std::string& device = "cpu",
                      bool others_work = false) {
    const auto task = queue_.Pop(
        {.device = device, .doubtful = doubtful_, .others_work = others_work},
        CostModel());
    return task ? task->group : nullptr;
  }

  bool doubtful_ = false;

  RunGroup small_ = GroupOf(16);
  RunGroup large_ = GroupOf(256);
  GroupQueue queue_;
};

TEST_F(GroupQueueTest, GivesTheLongestFirst) {
  Push(small_, 1000);
  Push(large_, 1000);
  EXPECT_EQ(Pop(), &large_);
  EXPECT_EQ(Pop(), &small_);
  EXPECT_EQ(Pop(), nullptr);
}

TEST_F(GroupQueueTest, MeasuresLengthByWhatIsLeft) {
  Push(large_, 1000);
  Push(small_, 1000000);
  EXPECT_EQ(Pop(), &small_);
}

TEST_F(GroupQueueTest, GivesWhatBrokeBeforeFirst) {
  Push(large_, 1000);
  Push(small_, 1000, 1, "cpu");
  EXPECT_EQ(Pop(), &small_);
}

TEST_F(GroupQueueTest, LeavesWhatBrokeHereForAnotherDevice) {
  Push(small_, 1000, 1, "cuda:0");
  EXPECT_EQ(Pop("cuda:0", /*others_work=*/true), nullptr);
  EXPECT_EQ(Pop("cuda:1", /*others_work=*/true), &small_);
}

TEST_F(GroupQueueTest, GivesWhatBrokeHereWhenThereIsNoOtherDevice) {
  Push(small_, 1000, 1, "cuda:0");
  EXPECT_EQ(Pop("cuda:0", /*others_work=*/false), &small_);
}

TEST_F(GroupQueueTest, GivesADoubtfulDeviceWhatHasNotBrokenFirst) {
  Push(large_, 1000, 1);
  Push(small_, 1000);
  doubtful_ = true;
  EXPECT_EQ(Pop(), &small_);
  EXPECT_EQ(Pop(), &large_);
}

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
