#include "lib/execute/room.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/sweep/group_cost.h"
#include "lib/sweep/group_memory.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kGiB = 1024.0 * 1024 * 1024;
constexpr Room kPlenty{.memory = 64 * kGiB, .disk = 1000 * kGiB};

/// Two groups, of which the second is the larger.
class RoomTest : public testing::Test {
 protected:
  const std::vector<RunGroup>& groups() const { return sweep_.plan.groups; }

  RoomReport OnCpu(std::size_t workers, const Room& room) const {
    return CheckRoom(groups(), std::vector<Slot>(workers), {}, room);
  }

  RoomReport OnGpu(std::size_t workers, std::optional<double> memory) const {
    ProbeReport probe;
    probe.cuda.emplace_back().name = "cuda:0";
    probe.cuda[0].memory_bytes = memory;
    return CheckRoom(groups(), std::vector<Slot>(workers, Slot{"cuda:0"}),
                     probe, kPlenty);
  }

  TinySweep sweep_;
};

TEST_F(RoomTest, SaysWhatIsNeededOfWhatThereIs) {
  const RoomReport report = OnCpu(2, kPlenty);
  EXPECT_THAT(report.needs,
              ElementsAre(AllOf(HasSubstr("memory (2 workers): up to "),
                                HasSubstr("of 64.0 GiB")),
                          AllOf(HasSubstr("disk: up to "),
                                HasSubstr("of 1000.0 GiB"))));
  EXPECT_THAT(report.tight, IsEmpty());
  EXPECT_NO_THROW(report.RequireEnough());
}

TEST_F(RoomTest, RefusesWhatOneWorkerCannotHold) {
  const double largest = EstimateMemoryBytes(groups()[1]);
  const RoomReport report = OnCpu(1, {.memory = largest, .disk = kGiB});
  EXPECT_ERROR(report.RequireEnough(), "memory (1 worker): needs ");
  EXPECT_ERROR(report.RequireEnough(), "training.micro_batch_tokens");
}

TEST_F(RoomTest, CountsTheLargestGroupsOverAllWorkers) {
  // Room for one worker and its process, but not for two.
  const Room room{.memory = 0.2 * kGiB, .disk = kGiB};
  EXPECT_THAT(OnCpu(1, room).too_much, IsEmpty());
  EXPECT_ERROR(OnCpu(2, room).RequireEnough(), "lower --jobs");
}

TEST_F(RoomTest, CountsTheLibrariesOnceAndTheRestOfAProcessPerWorker) {
  ProbeReport probe;
  probe.process_private_bytes = 0.25 * kGiB;
  probe.process_shared_bytes = 1.0 * kGiB;
  const auto on = [&](std::size_t workers) {
    return CheckRoom(groups(), std::vector<Slot>(workers), probe, kPlenty)
        .needs[0];
  };
  EXPECT_THAT(on(1), HasSubstr("up to 1.3 GiB"));
  EXPECT_THAT(on(2), HasSubstr("up to 1.5 GiB"));
}

TEST(EstimateWorkerBytes, IsTheProcessAndWhatItTrains) {
  const TinySweep sweep;
  const RunGroup& group = sweep.plan.groups[0];
  ProbeReport probe;
  probe.process_private_bytes = 3e7;
  probe.process_shared_bytes = 1e8;
  EXPECT_DOUBLE_EQ(EstimateWorkerBytes(group, probe),
                   1.3e8 + EstimateMemoryBytes(group));
}

TEST_F(RoomTest, NeedsNoMoreWorkersThanThereAreGroups) {
  EXPECT_EQ(OnCpu(2, kPlenty).needs[0], OnCpu(64, kPlenty).needs[0]);
}

TEST_F(RoomTest, WarnsOfWhatIsTight) {
  const double needed = EstimateCheckpointBytes(groups()[0]) +
                        EstimateCheckpointBytes(groups()[1]) +
                        EstimateRecordBytes(groups()[0]) +
                        EstimateRecordBytes(groups()[1]);
  const RoomReport tight = OnCpu(2, {.memory = kGiB, .disk = 1.1 * needed});
  EXPECT_THAT(tight.tight, Contains(HasSubstr("disk: up to")));
  EXPECT_THAT(tight.too_much, IsEmpty());
  EXPECT_THAT(OnCpu(2, {.memory = kGiB, .disk = 1.3 * needed}).tight,
              IsEmpty());
}

TEST_F(RoomTest, RefusesADiskThatIsTooSmall) {
  EXPECT_ERROR(OnCpu(1, {.memory = kGiB, .disk = 1.0}).RequireEnough(),
               "disk: needs ");
}

TEST_F(RoomTest, SaysAllThatDoesNotFit) {
  EXPECT_EQ(OnCpu(1, {.memory = 1.0, .disk = 1.0}).too_much.size(), 2U);
}

TEST_F(RoomTest, RefusesAGpuThatHoldsNoSequenceOfTheLargestGroup) {
  EXPECT_ERROR(OnGpu(1, 1e4).RequireEnough(),
               "memory of cuda:0 (1 worker): needs ");
}

TEST_F(RoomTest, WarnsOfAGpuThatNeedsSmallerMicroBatches) {
  RunGroup one = groups()[1];
  const double whole = EstimateMemoryBytes(one, DeviceKind::kGpu);
  one.training.micro_batch_tokens = one.shape.context;
  ASSERT_LT(EstimateMemoryBytes(one, DeviceKind::kGpu), 0.79 * whole);
  const RoomReport report = OnGpu(1, 0.99 * whole);
  EXPECT_THAT(report.too_much, IsEmpty());
  EXPECT_THAT(report.tight, Contains(HasSubstr("whole micro-batches need")));
}

TEST_F(RoomTest, HasToHoldOneGroupOfThoseThatShareAGpu) {
  RunGroup one = groups()[1];
  one.training.micro_batch_tokens = one.shape.context;
  ProbeReport probe;
  probe.cuda.emplace_back().name = "cuda:0";
  probe.cuda[0].memory_bytes = 1.1 * EstimateMemoryBytes(one, DeviceKind::kGpu);
  for (const std::optional<std::int64_t> jobs :
       {std::optional<std::int64_t>(), std::optional<std::int64_t>(8)}) {
    const auto slots = ResolveSlots("cuda", jobs, probe, 1);
    const RoomReport report = CheckRoom(groups(), slots, probe, kPlenty);
    EXPECT_THAT(report.too_much, IsEmpty());
    EXPECT_THAT(report.needs[0], HasSubstr("memory of cuda:0 (1 worker)"));
  }
}

TEST_F(RoomTest, CountsCheckpointsOfWhatFitsIntoAGpuTogether) {
  const auto disk = [this](double memory) {
    ProbeReport probe;
    probe.cuda.emplace_back().name = "cuda:0";
    probe.cuda[0].memory_bytes = memory;
    const auto slots = ResolveSlots("cuda", {}, probe, 1);
    return CheckRoom(groups(), slots, probe, {.memory = kGiB, .disk = 1.0})
        .needs.back();
  };
  const double largest = EstimateMemoryBytes(groups()[1], DeviceKind::kGpu);
  EXPECT_NE(disk(1.2 * largest), disk(100.0 * largest));
  EXPECT_EQ(disk(10.0 * largest), disk(100.0 * largest));
}

TEST_F(RoomTest, PassesOverAGpuWhoseMemoryIsNotKnown) {
  const RoomReport report = OnGpu(1, std::nullopt);
  EXPECT_THAT(report.needs, ElementsAre(HasSubstr("disk")));
}

TEST_F(RoomTest, NeedsNothingWhenNothingIsPending) {
  const RoomReport report = CheckRoom({}, {Slot{"cpu"}}, {}, {});
  EXPECT_THAT(report.needs, IsEmpty());
  EXPECT_THAT(report.too_much, IsEmpty());
}

}  // namespace
}  // namespace isoflop
