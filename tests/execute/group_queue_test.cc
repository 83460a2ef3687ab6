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
    const auto task = queue_.Pop(device, others_work, CostModel());
    return task ? task->group : nullptr;
  }

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
