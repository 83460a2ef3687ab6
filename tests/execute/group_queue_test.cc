#include "lib/execute/group_queue.h"

#include <gtest/gtest.h>

#include "lib/sweep/group_memory.h"
#include "tests/execute/group_of.h"

namespace isoflop {
namespace {

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

/// A device with room for two: one group is in work, which leaves room for one
/// of half its size.
class OvertakingTest : public GroupQueueTest {
 protected:
  OvertakingTest() {
    slot_.memory_bytes = 1.6 * Bytes(large_) / 0.9;
    Begin(large_);
  }

  static double Bytes(const RunGroup& group) {
    return EstimateMemoryBytes(group, DeviceKind::kGpu);
  }

  void Begin(const RunGroup& group, bool overtook = false) {
    GroupTask task;
    task.group = &group;
    task.overtook = overtook;
    in_work_.push_back(task);
  }

  std::optional<GroupTask> PopBeside() {
    std::vector<const GroupTask*> in_work;
    for (const GroupTask& task : in_work_) in_work.push_back(&task);
    const CostModel cost;
    const SharedDevice shared(slot_, cost, in_work);
    return queue_.Pop({.device = slot_.device, .shared = &shared}, cost);
  }

  Slot slot_{.device = "cuda:0", .sharing = Sharing::kWhereItFits};
  RunGroup half_ = GroupOf(128);
  std::vector<GroupTask> in_work_;
};

TEST_F(OvertakingTest, GivesTheNextThatFitsWhereTheLongestDoesNot) {
  Push(large_, 1000);
  Push(small_, 1000);
  const auto task = PopBeside();
  ASSERT_TRUE(task);
  EXPECT_EQ(task->group, &small_);
  EXPECT_TRUE(task->overtook);
}

TEST_F(OvertakingTest, GivesTheLongestOfThoseThatFit) {
  Push(large_, 1000);
  Push(small_, 1000);
  Push(half_, 1000);
  EXPECT_EQ(PopBeside()->group, &half_);
}

TEST_F(OvertakingTest, LetsNothingByThatTheLongestWouldHaveToWaitFor) {
  ASSERT_GT(Bytes(half_), 0.31 * Bytes(large_));
  Begin(half_, /*overtook=*/true);
  in_work_.erase(in_work_.begin());
  Push(large_, 1000);
  Push(half_, 1000);
  EXPECT_EQ(PopBeside()->group, &large_);
  Push(large_, 1000);
  slot_.memory_bytes = (Bytes(large_) + 0.9 * Bytes(half_)) / 0.9;
  EXPECT_FALSE(PopBeside()) << "another half would fit beside the first";
}

TEST_F(OvertakingTest, LetsNothingByAGroupThatWantsTheDeviceForItself) {
  Push(large_, 1000);
  Push(small_, 1000);
  GroupTask alone;
  alone.group = &large_;
  alone.tokens_left = 2000;
  alone.alone = true;
  queue_.Push(alone);
  EXPECT_FALSE(PopBeside());
  in_work_.clear();
  const auto task = PopBeside();
  ASSERT_TRUE(task);
  EXPECT_TRUE(task->alone);
}

TEST_F(OvertakingTest, GivesTheLongestWhenTheDeviceIsEmpty) {
  in_work_.clear();
  slot_.memory_bytes = 1.0;
  Push(small_, 1000);
  Push(large_, 1000);
  const auto task = PopBeside();
  ASSERT_TRUE(task);
  EXPECT_EQ(task->group, &large_);
  EXPECT_FALSE(task->overtook);
}

}  // namespace
}  // namespace isoflop
