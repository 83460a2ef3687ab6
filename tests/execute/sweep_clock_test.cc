#include "lib/execute/sweep_clock.h"

#include <gtest/gtest.h>

#include "lib/sweep/group_cost.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

class SweepClockTest : public testing::Test {
 protected:
  SweepClockTest() {
    for (const RunGroup& group : sweep_.plan.groups) {
      cost_.Observe(group, "cpu", 1000.0);
    }
  }

  SweepProgress Read(const GroupQueue& queue, const std::vector<WorkLeft>& busy,
                     std::size_t slots, Sharing sharing = {}) {
    SweepProgress progress;
    SweepClock clock(sweep_.plan, cost_,
                     std::vector<Slot>(slots, {"cpu", sharing}));
    clock.Read({.queue = queue, .busy = busy, .aside = aside_}, &progress);
    return progress;
  }

  GroupQueue FullQueue() {
    GroupQueue queue;
    for (const RunGroup& group : sweep_.plan.groups) {
      GroupTask task;
      task.group = &group;
      task.tokens_left = TokensTrained(group);
      queue.Push(task);
    }
    return queue;
  }

  TinySweep sweep_;
  CostModel cost_;
  std::vector<WorkLeft> aside_;
};

TEST_F(SweepClockTest, StartsAtNothingDone) {
  const auto tokens = static_cast<double>(Totals(sweep_.plan).tokens);
  const SweepProgress progress = Read(FullQueue(), {}, 1);
  EXPECT_DOUBLE_EQ(progress.fraction, 0.0);
  EXPECT_NEAR(*progress.seconds_left, tokens / 1000.0, 1e-6);
}

TEST_F(SweepClockTest, DividesTheWorkAmongSlots) {
  const auto tokens = static_cast<double>(Totals(sweep_.plan).tokens);
  EXPECT_NEAR(*Read(FullQueue(), {}, 2).seconds_left, tokens / 2000.0, 1e-6);
}

TEST_F(SweepClockTest, KnowsThatAGroupIsNotDivided) {
  const RunGroup& group = sweep_.plan.groups[0];
  const auto tokens = TokensTrained(group);
  EXPECT_NEAR(*Read({}, {{&group, "cpu", tokens}}, 8).seconds_left,
              static_cast<double>(tokens) / 1000.0, 1e-6);
}

TEST_F(SweepClockTest, DividesTheWorkAmongSlotsOnlyAsFarAsTheyPay) {
  const auto tokens = static_cast<double>(Totals(sweep_.plan).tokens);
  const double one_by_one = tokens / 1000.0;
  EXPECT_NEAR(*Read(FullQueue(), {}, 2, Sharing::kWhereItPays).seconds_left,
              one_by_one / 2.0, 1e-6);
  for (const RunGroup& group : sweep_.plan.groups) {
    cost_.Observe(group, "cpu", 1e12);
  }
  const auto busy = Read(FullQueue(), {}, 2, Sharing::kWhereItPays);
  const auto one = Read(FullQueue(), {}, 1);
  EXPECT_DOUBLE_EQ(*busy.seconds_left, *one.seconds_left);
}

TEST_F(SweepClockTest, CountsWhatABusySlotHasDone) {
  const RunGroup& group = sweep_.plan.groups[0];
  const std::int64_t half = TokensTrained(group) / 2;
  const double done = 1.0 - static_cast<double>(half) /
                                static_cast<double>(Totals(sweep_.plan).tokens);
  EXPECT_NEAR(Read({}, {{&group, "cpu", half}}, 1).fraction, done, 1e-9);
}

TEST_F(SweepClockTest, EndsAtEverythingDone) {
  const SweepProgress progress = Read({}, {}, 1);
  EXPECT_DOUBLE_EQ(progress.fraction, 1.0);
  EXPECT_DOUBLE_EQ(*progress.seconds_left, 0.0);
}

TEST_F(SweepClockTest, CountsWhatWillNotBeDoneThisTimeAsUndone) {
  const RunGroup& group = sweep_.plan.groups[0];
  const std::int64_t half = TokensTrained(group) / 2;
  aside_ = {{&group, "cpu", half}};
  const SweepProgress progress = Read({}, {}, 1);
  EXPECT_NEAR(progress.fraction,
              1.0 - static_cast<double>(half) /
                        static_cast<double>(Totals(sweep_.plan).tokens),
              1e-9);
  EXPECT_DOUBLE_EQ(*progress.seconds_left, 0.0);
}

TEST_F(SweepClockTest, EstimatesAnewWhatIsOverWithinASecond) {
  SweepClock clock(sweep_.plan, cost_, {{"cpu"}});
  SweepProgress progress;
  const RunGroup& group = sweep_.plan.groups[0];
  const GroupQueue empty;
  clock.Read({.queue = empty, .busy = {{&group, "cpu", TokensTrained(group)}}},
             &progress);
  EXPECT_LT(progress.fraction, 1.0);
  clock.Read({.queue = empty}, &progress);
  EXPECT_DOUBLE_EQ(progress.fraction, 1.0);
}

TEST_F(SweepClockTest, SaysNothingOfTimeWithoutAMeasurement) {
  cost_ = CostModel();
  EXPECT_FALSE(Read(FullQueue(), {}, 1).seconds_left.has_value());
}

}  // namespace
}  // namespace isoflop
