#include "lib/execute/device_health.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

TEST(DeviceHealth, RetiresADeviceAfterThreeBreakdownsInARow) {
  DeviceHealth health;
  EXPECT_FALSE(health.BrokeAtOnce("cuda:0"));
  EXPECT_FALSE(health.BrokeAtOnce("cuda:0"));
  EXPECT_FALSE(health.Retired("cuda:0"));
  EXPECT_TRUE(health.BrokeAtOnce("cuda:0"));
  EXPECT_TRUE(health.Retired("cuda:0"));
}

TEST(DeviceHealth, SaysOnceThatADeviceIsRetired) {
  DeviceHealth health;
  for (int i = 0; i < 3; ++i) health.BrokeAtOnce("cuda:0");
  EXPECT_FALSE(health.BrokeAtOnce("cuda:0"));
}

TEST(DeviceHealth, ForgetsBreakdownsWhenTheDeviceWorks) {
  DeviceHealth health;
  for (int i = 0; i < 5; ++i) {
    health.BrokeAtOnce("cuda:0");
    health.BrokeAtOnce("cuda:0");
    health.Worked("cuda:0");
  }
  EXPECT_FALSE(health.Retired("cuda:0"));
}

TEST(DeviceHealth, KeepsDevicesApart) {
  DeviceHealth health;
  for (int i = 0; i < 3; ++i) health.BrokeAtOnce("cuda:0");
  EXPECT_FALSE(health.Retired("cuda:1"));
}

}  // namespace
}  // namespace isoflop
