#include "lib/machine/slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

ProbeReport WithGpus(int count) {
  ProbeReport probe;
  for (int i = 0; i < count; ++i) {
    probe.cuda.emplace_back();
    probe.cuda.back().name = "cuda:" + std::to_string(i);
  }
  return probe;
}

std::vector<std::string> Devices(const std::string& devices,
                                 std::optional<std::int64_t> jobs, int gpus) {
  std::vector<std::string> names;
  for (const Slot& slot : ResolveSlots(devices, jobs, WithGpus(gpus), 3)) {
    names.push_back(slot.device);
  }
  return names;
}

TEST(Slots, AreOneForEachCoreWithoutGpu) {
  EXPECT_THAT(Devices("auto", {}, 0), ElementsAre("cpu", "cpu", "cpu"));
}

TEST(Slots, AreThoseOfEachGpuInTurns) {
  for (const char* all : {"auto", "cuda"}) {
    const auto devices = Devices(all, {}, 2);
    ASSERT_EQ(devices.size(), 2U * kMaxGroupsAtOnce);
    for (std::size_t i = 0; i < devices.size(); ++i) {
      EXPECT_EQ(devices[i], i % 2 == 0 ? "cuda:0" : "cuda:1");
    }
  }
}

TEST(Slots, OfAGpuShareAProcessWhereThatPays) {
  const Slot slot = ResolveSlots("auto", {}, WithGpus(1), 3).front();
  EXPECT_EQ(slot.sharing, Sharing::kWhereItPays);
}

TEST(Slots, OfAGpuAreUsedWhereTheyFitWhenSomebodyAsksForSoMany) {
  const Slot slot = ResolveSlots("auto", 4, WithGpus(1), 3).front();
  EXPECT_EQ(slot.sharing, Sharing::kWhereItFits);
}

TEST(Slots, OfACpuShareNothing) {
  for (const Slot& slot : ResolveSlots("cpu", 4, WithGpus(1), 3)) {
    EXPECT_EQ(slot.sharing, Sharing::kOwnProcess);
  }
}

TEST(Slots, KnowTheMemoryOfTheirGpu) {
  ProbeReport probe = WithGpus(2);
  probe.cuda[1].memory_bytes = 8e10;
  EXPECT_FALSE(ResolveSlots("cuda:0", {}, probe, 3)[0].memory_bytes);
  EXPECT_EQ(ResolveSlots("cuda:1", {}, probe, 3)[0].memory_bytes, 8e10);
}

TEST(Slots, AreWhatIsNamed) {
  EXPECT_THAT(Devices("cuda:1", {}, 2), AllOf(SizeIs(8), Each("cuda:1")));
  EXPECT_THAT(Devices("cpu", {}, 2), ElementsAre("cpu", "cpu", "cpu"));
  EXPECT_THAT(Devices("cuda:0,cpu", 2, 2), ElementsAre("cuda:0", "cpu"));
}

TEST(Slots, AreNotDoubledWhenADeviceIsNamedTwice) {
  EXPECT_THAT(Devices("cuda:1,cuda:1,cuda", 2, 2),
              ElementsAre("cuda:1", "cuda:0"));
  EXPECT_THAT(Devices("cuda:1,cuda:1,cuda", {}, 2),
              SizeIs(2 * kMaxGroupsAtOnce));
}

TEST(Slots, AreAsManyAsJobs) {
  EXPECT_THAT(Devices("auto", 1, 0), ElementsAre("cpu"));
  EXPECT_THAT(Devices("auto", 3, 2), ElementsAre("cuda:0", "cuda:1", "cuda:0"));
}

TEST(Slots, RefuseADeviceThatIsNotThere) {
  EXPECT_ERROR(Devices("cuda:2", {}, 2),
               "there is no device \"cuda:2\" here; there is auto, cpu, "
               "cuda:0, cuda:1");
  EXPECT_ERROR(Devices("cuda", {}, 0), "there is no device \"cuda\" here");
  EXPECT_ERROR(Devices("gpu", {}, 0), "did you mean 'cpu'");
  EXPECT_ERROR(Devices("", {}, 0), "there is no device \"\" here");
  EXPECT_ERROR(Devices("cpu,", {}, 0), "there is no device \"\" here");
}

TEST(Slots, RefuseNoJobs) {
  EXPECT_ERROR(Devices("cpu", 0, 0), "--jobs: must be at least 1, got 0");
}

TEST(CountWorkers, CountsADeviceThatIsSharedOnce) {
  EXPECT_EQ(CountWorkers(ResolveSlots("cuda", {}, WithGpus(2), 3)), 2U);
  EXPECT_EQ(CountWorkers(ResolveSlots("cuda,cpu", {}, WithGpus(2), 3)), 5U);
  EXPECT_EQ(CountWorkers(ResolveSlots("cpu", 7, {}, 3)), 7U);
}

TEST(Describe, TellsWorkersAndGroupsAtOnce) {
  EXPECT_EQ(Describe(ResolveSlots("cpu", 2, {}, 3)), "2 x cpu");
  EXPECT_EQ(Describe(ResolveSlots("cuda", 2, WithGpus(2), 3)), "2 x cuda:0");
  EXPECT_EQ(Describe(ResolveSlots("cuda", {}, WithGpus(2), 3)),
            "2 x cuda:0, up to 8 groups at once on each");
}

TEST(UsableCores, AreAtLeastOne) { EXPECT_GE(UsableCores(), 1); }

}  // namespace
}  // namespace isoflop
