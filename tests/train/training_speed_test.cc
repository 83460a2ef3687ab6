#include "lib/train/training_speed.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

BenchCommand TinyCommand() {
  TinySweep sweep;
  return {.group = sweep.group(), .seconds = 0.05};
}

bool Never() { return false; }

TEST(MeasureTraining, MeasuresUpdatesAndProducts) {
  const auto report = MeasureTraining(TinyCommand(), Never);
  ASSERT_TRUE(report.has_value());
  for (const MeasuredRate& rate :
       {report->tokens_per_second, report->matmul_flops_per_second}) {
    EXPECT_GT(rate.low, 0.0);
    EXPECT_LE(rate.low, rate.median);
    EXPECT_LE(rate.median, rate.high);
  }
  EXPECT_GT(report->peak_memory_bytes, 1e7);
  EXPECT_EQ(report->device["kind"], "cpu");
  EXPECT_TRUE(report->software.contains("libtorch"));
  EXPECT_TRUE(report->profile.empty());
}

TEST(MeasureTraining, MeasuresInBf16) {
  BenchCommand command = TinyCommand();
  command.group.training.precision = Precision::kBf16;
  EXPECT_GT(MeasureTraining(command, Never)->tokens_per_second.median, 0.0);
}

TEST(MeasureTraining, SharesTheTimeOfAStepOutAmongItsSections) {
  BenchCommand command = TinyCommand();
  command.profile = true;
  const auto profile = MeasureTraining(command, Never)->profile;
  ASSERT_EQ(profile.size(), 6U);
  double shares = 0.0;
  for (const auto& section : profile) shares += section.share;
  EXPECT_NEAR(shares, 1.0, 1e-9);
  EXPECT_EQ(profile[1].name, "products");
  EXPECT_GT(profile[1].seconds, 0.0);
}

TEST(MeasureTraining, TrainsOnWhenTheScheduleHasEnded) {
  BenchCommand command = TinyCommand();
  command.group.runs.resize(1);
  command.group.runs.front().steps = 2;
  command.group.training.warmup_steps = 1;
  EXPECT_TRUE(MeasureTraining(command, Never).has_value());
}

TEST(MeasureTraining, StopsWheneverItIsAskedTo) {
  for (const int questions : {0, 1, 3, 10}) {
    int asked = 0;
    EXPECT_FALSE(MeasureTraining(TinyCommand(), [&] {
                   return asked++ == questions;
                 }).has_value());
    EXPECT_EQ(asked, questions + 1);
  }
}

TEST(MeasureTraining, RefusesADeviceThatIsNotThere) {
  BenchCommand command = TinyCommand();
  command.device = "cuda:99";
  EXPECT_ERROR(MeasureTraining(command, Never), "this machine has: cpu");
}

}  // namespace
}  // namespace isoflop
