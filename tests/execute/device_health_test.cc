#include "lib/execute/device_health.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

class DeviceHealthTest : public testing::Test {
 protected:
  bool Break(const std::string& group, const std::string& device = "cuda:0",
             bool others_at_work = false) {
    return health_.BrokeAtOnce(device, group, others_at_work);
  }

  DeviceHealth health_;
};

TEST_F(DeviceHealthTest, RetiresADeviceThatBreaksThreeGroupsInARow) {
  EXPECT_FALSE(Break("a"));
  EXPECT_FALSE(Break("b"));
  EXPECT_FALSE(health_.Retired("cuda:0"));
  EXPECT_TRUE(Break("c"));
  EXPECT_TRUE(health_.Retired("cuda:0"));
}

TEST_F(DeviceHealthTest, DoesNotBlameTheDeviceForTwoBadGroups) {
  for (const char* group : {"a", "b", "a", "b"}) EXPECT_FALSE(Break(group));
  EXPECT_FALSE(health_.Retired("cuda:0"));
}

TEST_F(DeviceHealthTest, SaysOnceThatADeviceIsRetired) {
  for (const char* group : {"a", "b", "c"}) Break(group);
  EXPECT_FALSE(Break("d"));
}

TEST_F(DeviceHealthTest, ForgetsBreakdownsWhenTheDeviceWorks) {
  for (int i = 0; i < 5; ++i) {
    Break("a");
    Break("b");
    EXPECT_TRUE(health_.Doubtful("cuda:0"));
    health_.Worked("cuda:0");
    EXPECT_FALSE(health_.Doubtful("cuda:0"));
  }
  EXPECT_FALSE(health_.Retired("cuda:0"));
}

TEST_F(DeviceHealthTest, KeepsDevicesApart) {
  for (const char* group : {"a", "b", "c"}) Break(group);
  EXPECT_FALSE(health_.Retired("cuda:1"));
}

TEST_F(DeviceHealthTest, WaitsForOtherWorkersOnTheSameDevice) {
  for (const char* group : {"a", "b", "c"}) {
    EXPECT_FALSE(Break(group, "cpu", /*others_at_work=*/true));
  }
  EXPECT_TRUE(health_.Unfit("cpu"));
  EXPECT_FALSE(health_.Retired("cpu"));
  EXPECT_TRUE(Break("d", "cpu", /*others_at_work=*/false));
}

TEST_F(DeviceHealthTest, IsFitAgainWhenAnotherWorkerTrains) {
  for (const char* group : {"a", "b", "c"}) Break(group, "cpu", true);
  health_.Worked("cpu");
  EXPECT_FALSE(health_.Unfit("cpu"));
  EXPECT_FALSE(Break("d", "cpu"));
}

}  // namespace
}  // namespace isoflop
