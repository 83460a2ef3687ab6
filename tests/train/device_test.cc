#include "lib/train/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/train/gpu.h"
#include "lib/train/machine_speed.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

TEST(Device, FindsTheCpu) { EXPECT_TRUE(ResolveDevice("cpu").is_cpu()); }

TEST(Device, RefusesWhatIsNotThereAndSaysWhatIs) {
  for (const char* name : {"cuda:99", "gpu", "", "cpu:x", "mps", "cuda:-1"}) {
    EXPECT_ERROR(ResolveDevice(name), "this machine has: cpu");
  }
}

TEST(Device, DescribesTheMachine) {
  const Json device = DescribeDevice(at::kCPU);
  EXPECT_EQ(device["kind"], "cpu");
  EXPECT_EQ(device["threads"], 1);
  for (const char* key : {"isoflop", "compiler", "libtorch", "onednn", "blas",
                          "processor", "cpu_capability"}) {
    EXPECT_NE(DescribeSoftware()[key], "") << key;
  }
}

TEST(DescribeGpu, IsSilentAboutAGpuThatIsNotThere) {
  EXPECT_FALSE(DescribeGpu(99).has_value());
}

TEST(MeasureMachine, MeasuresRates) {
  const ProbeReport report = MeasureMachine();
  EXPECT_GT(report.fp32_flops_per_second, 1e8);
  EXPECT_GT(report.bf16_flops_per_second, 1e6);
  EXPECT_GT(report.operation_seconds, 1e-8);
  EXPECT_LT(report.operation_seconds, 1e-3);
  EXPECT_TRUE(report.products_right);
  EXPECT_TRUE(report.bf16_right);
  EXPECT_EQ(report.arithmetic, DescribeArithmetic());
}

TEST(MeasureMachine, WarnsOfSlowMatrixProducts) {
  const ProbeReport report = MeasureMachine();
  const bool warned =
      std::ranges::any_of(report.warnings, [](const std::string& warning) {
        return warning.find("products are slow") != std::string::npos;
      });
  EXPECT_EQ(report.fp32_flops_per_second < 1e10, warned);
}

}  // namespace
}  // namespace isoflop
