#include "lib/execute/slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

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

TEST(Slots, AreOneForEachGpu) {
  EXPECT_THAT(Devices("auto", {}, 2), ElementsAre("cuda:0", "cuda:1"));
  EXPECT_THAT(Devices("cuda", {}, 2), ElementsAre("cuda:0", "cuda:1"));
}

TEST(Slots, AreWhatIsNamed) {
  EXPECT_THAT(Devices("cuda:1", {}, 2), ElementsAre("cuda:1"));
  EXPECT_THAT(Devices("cpu", {}, 2), ElementsAre("cpu", "cpu", "cpu"));
  EXPECT_THAT(Devices("cuda:0,cpu", 2, 2), ElementsAre("cuda:0", "cpu"));
}

TEST(Slots, AreNotDoubledWhenADeviceIsNamedTwice) {
  EXPECT_THAT(Devices("cuda:1,cuda:1,cuda", {}, 2),
              ElementsAre("cuda:1", "cuda:0"));
}

TEST(Slots, AreAsManyAsJobs) {
  EXPECT_THAT(Devices("auto", 1, 0), ElementsAre("cpu"));
  EXPECT_THAT(Devices("auto", 3, 2), ElementsAre("cuda:0", "cuda:1", "cuda:0"));
}

TEST(Slots, RefuseADeviceThatIsNotThere) {
  EXPECT_ERROR(Devices("cuda:2", {}, 2),
               "--devices: there is no \"cuda:2\" here; there is auto, cpu, "
               "cuda:0, cuda:1");
  EXPECT_ERROR(Devices("cuda", {}, 0), "there is no \"cuda\" here");
  EXPECT_ERROR(Devices("gpu", {}, 0), "did you mean 'cpu'");
  EXPECT_ERROR(Devices("", {}, 0), "there is no \"\" here");
  EXPECT_ERROR(Devices("cpu,", {}, 0), "there is no \"\" here");
}

TEST(Slots, RefuseNoJobs) {
  EXPECT_ERROR(Devices("cpu", 0, 0), "--jobs: must be at least 1, got 0");
}

TEST(UsableCores, AreAtLeastOne) { EXPECT_GE(UsableCores(), 1); }

}  // namespace
}  // namespace isoflop
