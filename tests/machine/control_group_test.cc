#include "lib/machine/control_group.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

class ControlGroupTest : public testing::Test {
 protected:
  void Member(const std::string& lines) { temp_.Write("cgroup", lines); }
  void Limit(const std::string& file, const std::string& text) {
    const auto path = temp_ / ("fs/" + file);
    std::filesystem::create_directories(path.parent_path());
    temp_.Write("fs/" + file, text);
  }
  std::optional<double> Cores() const { return GrantedCores(groups_); }
  std::optional<double> Memory() const { return GrantedMemory(groups_); }

  TempDir temp_;
  ControlGroups groups_{.memberships = temp_ / "cgroup", .trees = temp_ / "fs"};
};

TEST_F(ControlGroupTest, GrantsAllWhereNothingIsSaid) {
  EXPECT_FALSE(Cores().has_value());
  EXPECT_FALSE(Memory().has_value());
  Member("0::/user\n");
  Limit("user/cpu.max", "max 100000\n");
  Limit("user/memory.max", "max\n");
  EXPECT_FALSE(Cores().has_value());
  EXPECT_FALSE(Memory().has_value());
}

TEST_F(ControlGroupTest, TakesTheLeastOfAGroupAndThoseAboveIt) {
  Member("0::/slice/job\n");
  Limit("cpu.max", "800000 100000\n");
  Limit("slice/cpu.max", "150000 100000\n");
  Limit("slice/job/cpu.max", "400000 100000\n");
  Limit("slice/memory.max", "4000\n");
  Limit("slice/job/memory.max", "8000\n");
  EXPECT_EQ(Cores(), 1.5);
  EXPECT_EQ(Memory(), 4000.0);
}

TEST_F(ControlGroupTest, ReadsLimitsOfVersionOne) {
  Member(
      "5:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n"
      "1:name=systemd:/docker/1f\n");
  Limit("memory/docker/1f/memory.limit_in_bytes", "3000000000\n");
  Limit("memory/memory.limit_in_bytes", "9223372036854771712\n");
  Limit("cpu,cpuacct/docker/1f/cpu.cfs_quota_us", "250000\n");
  Limit("cpu,cpuacct/docker/1f/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Cores(), 2.5);
  EXPECT_EQ(Memory(), 3e9);
}

TEST_F(ControlGroupTest, ReadsAContainersOwnTreeWhereItIsTheRoot) {
  Member("5:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n");
  Limit("memory/memory.limit_in_bytes", "3000000000\n");
  Limit("cpu/cpu.cfs_quota_us", "50000\n");
  Limit("cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Cores(), 0.5);
  EXPECT_EQ(Memory(), 3e9);
}

TEST_F(ControlGroupTest, KnowsWhereVersionOneSetsNoLimit) {
  Member("5:memory:/\n4:cpu,cpuacct:/\n");
  Limit("memory/memory.limit_in_bytes", "9223372036854771712\n");
  Limit("cpu/cpu.cfs_quota_us", "-1\n");
  Limit("cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(Cores().has_value());
  EXPECT_FALSE(Memory().has_value());
}

TEST_F(ControlGroupTest, ReadsBothVersionsSideBySide) {
  Member("5:memory:/job\n0::/job\n");
  Limit("memory/job/memory.limit_in_bytes", "5000\n");
  Limit("unified/job/cpu.max", "300000 100000\n");
  EXPECT_EQ(Cores(), 3.0);
  EXPECT_EQ(Memory(), 5000.0);
}

TEST_F(ControlGroupTest, PassesOverWhatItCannotRead) {
  Member("nonsense\n5:memory\n4:cpu,cpuacct:/job\n");
  Limit("cpu/job/cpu.cfs_quota_us", "many\n");
  Limit("cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(Cores().has_value());
  EXPECT_FALSE(Memory().has_value());
}

}  // namespace
}  // namespace isoflop
