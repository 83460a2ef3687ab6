#include "lib/execute/shared_device.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "lib/sweep/group_memory.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

/// A GPU that groups share, and two groups, of which the second is the larger.
class SharedDeviceTest : public testing::Test {
 protected:
  SharedDeviceTest() { probe_.cuda.emplace_back().name = "cuda:0"; }

  const RunGroup& Small() const { return sweep_.plan.groups[0]; }
  const RunGroup& Large() const { return sweep_.plan.groups[1]; }

  static double Bytes(const RunGroup& group) {
    return EstimateMemoryBytes(group, DeviceKind::kGpu);
  }

  /// Lets every group keep this share of the device's time busy.
  void MeasureShare(double share) {
    for (const RunGroup& group : sweep_.plan.groups) {
      const double arithmetic =
          cost_.ArithmeticSeconds(group, "cuda:0", 1000000) / 1e6;
      cost_.Observe(group, "cuda:0", share / arithmetic);
    }
  }

  void SetMemory(std::optional<double> bytes) {
    probe_.cuda[0].memory_bytes = bytes;
  }

  GroupTask& Begin(const RunGroup& group) {
    GroupTask task;
    task.group = &group;
    in_work_.push_back(task);
    return in_work_.back();
  }

  bool Admits(const GroupTask& task) const {
    std::vector<const GroupTask*> in_work;
    for (const GroupTask& other : in_work_) in_work.push_back(&other);
    const Slot slot = ResolveSlots("cuda", jobs_, probe_, 1).front();
    return SharedDevice(slot, cost_, in_work).Admits(task);
  }
  bool Admits(const RunGroup& group) const {
    GroupTask task;
    task.group = &group;
    return Admits(task);
  }

  /// How many of a kind train at the same time.
  std::size_t CountAdmitted(const RunGroup& group) {
    in_work_.clear();
    while (in_work_.size() < 100 && Admits(group)) Begin(group);
    return in_work_.size();
  }

  TinySweep sweep_;
  ProbeReport probe_;
  CostModel cost_;
  std::optional<std::int64_t> jobs_;
  std::vector<GroupTask> in_work_;
};

TEST_F(SharedDeviceTest, AdmitsGroupsAsLongAsBusySharesAddUpToOne) {
  MeasureShare(0.3);
  EXPECT_EQ(CountAdmitted(Small()), 3U);
  MeasureShare(0.1);
  EXPECT_EQ(CountAdmitted(Small()), 10U);
  MeasureShare(0.51);
  EXPECT_EQ(CountAdmitted(Small()), 1U);
}

TEST_F(SharedDeviceTest, AdmitsGroupsAsLongAsMemoryLasts) {
  MeasureShare(1e-6);
  SetMemory(3.0 * Bytes(Large()) / 0.9);
  EXPECT_EQ(CountAdmitted(Large()), 3U);
  SetMemory(2.99 * Bytes(Large()) / 0.9);
  EXPECT_EQ(CountAdmitted(Large()), 2U);
}

TEST_F(SharedDeviceTest, IsNotLimitedByMemoryThatIsNotKnown) {
  MeasureShare(1e-6);
  SetMemory({});
  EXPECT_EQ(CountAdmitted(Large()), 100U);
}

TEST_F(SharedDeviceTest, AdmitsAnyGroupWhenItIsEmpty) {
  SetMemory(1.0);
  EXPECT_EQ(CountAdmitted(Large()), 1U);
}

TEST_F(SharedDeviceTest, StaysClosedUntilARateWasMeasuredOnIt) {
  EXPECT_EQ(CountAdmitted(Small()), 1U);
  MeasureShare(0.01);
  EXPECT_GT(CountAdmitted(Small()), 1U);
}

TEST_F(SharedDeviceTest, ClosesWhenRatesShowThatGroupsAreBusier) {
  MeasureShare(0.25);
  Begin(Small());
  Begin(Small());
  EXPECT_TRUE(Admits(Small()));
  MeasureShare(0.4);
  EXPECT_FALSE(Admits(Small()));
}

TEST_F(SharedDeviceTest, DoesNotOpenBecauseGroupsSlowEachOtherDown) {
  MeasureShare(0.4);
  Begin(Small());
  Begin(Small());
  const double arithmetic =
      cost_.ArithmeticSeconds(Small(), "cuda:0", 1000000) / 1e6;
  cost_.Observe(Small(), "cuda:0", 0.1 / arithmetic, /*alone=*/false);
  EXPECT_FALSE(Admits(Small()));
}

TEST_F(SharedDeviceTest, AdmitsAsManyAsSomebodyAsksForWhereMemoryAllows) {
  jobs_ = 4;
  MeasureShare(1.0);
  EXPECT_EQ(CountAdmitted(Small()), 100U);
  SetMemory(2.5 * Bytes(Small()) / 0.9);
  EXPECT_EQ(CountAdmitted(Small()), 2U);
}

TEST_F(SharedDeviceTest, FitsMoreGroupsWithSmallerMicroBatches) {
  MeasureShare(1e-6);
  Begin(Large());
  GroupTask task;
  task.group = &Large();
  task.micro_batch_tokens = Large().shape.context;
  SetMemory((Bytes(Large()) + EstimateGpuBytes(task)) / 0.9);
  EXPECT_TRUE(Admits(task));
  task.micro_batch_tokens.reset();
  EXPECT_FALSE(Admits(task));
}

TEST_F(SharedDeviceTest, StaysClosedBesideASuspect) {
  MeasureShare(0.01);
  Begin(Small());
  EXPECT_TRUE(Admits(Small()));
  Begin(Small()).suspect = true;
  EXPECT_FALSE(Admits(Small()));
}

TEST_F(SharedDeviceTest, StaysClosedBesideAGroupThatWantsToBeAlone) {
  MeasureShare(0.01);
  Begin(Small()).alone = true;
  EXPECT_FALSE(Admits(Small()));
}

TEST_F(SharedDeviceTest, AdmitsASuspectUnlessItsNextBreakdownWouldBeItsLast) {
  MeasureShare(0.01);
  Begin(Small());
  GroupTask task;
  task.group = &Small();
  task.suspect = true;
  EXPECT_TRUE(Admits(task));
  task.breakdowns = 1;
  EXPECT_FALSE(Admits(task));
}

TEST_F(SharedDeviceTest, AdmitsNoGroupThatWantsToBeAlone) {
  MeasureShare(0.01);
  Begin(Small());
  GroupTask task;
  task.group = &Small();
  task.alone = true;
  EXPECT_FALSE(Admits(task));
}

TEST_F(SharedDeviceTest, GivesAGroupTheShareOfTheWorkerThatItTakes) {
  MeasureShare(0.3);
  const auto share = [this](const RunGroup& group) {
    return ShareOfWorker(group, ResolveSlots("cuda", jobs_, probe_, 1), cost_);
  };
  EXPECT_NEAR(share(Small()), 0.3, 1e-9);
  SetMemory(2.0 * Bytes(Large()) / 0.9);
  EXPECT_NEAR(share(Large()), 0.5, 1e-9);
  MeasureShare(0.01);
  SetMemory({});
  EXPECT_NEAR(share(Small()), 1.0 / 8.0, 1e-9);
}

TEST_F(SharedDeviceTest, LeavesAWorkerOfOneSlotToOneGroup) {
  EXPECT_EQ(ShareOfWorker(Small(), {{"cpu"}, {"cpu"}}, cost_), 1.0);
}

}  // namespace
}  // namespace isoflop
