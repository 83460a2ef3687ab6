#include "lib/sweep/lr_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace isoflop {
namespace {

constexpr LrSchedule kCooled{.kind = ScheduleKind::kWsd,
                             .peak_lr = 1.0,
                             .warmup_steps = 4,
                             .total_steps = 100,
                             .cooldown_steps = 20};
constexpr LrSchedule kCosine{.kind = ScheduleKind::kCosine,
                             .peak_lr = 2.0,
                             .warmup_steps = 10,
                             .total_steps = 110,
                             .final_lr_fraction = 0.1};

TEST(LrSchedule, ReachesThePeakOnTheLastWarmupStep) {
  EXPECT_DOUBLE_EQ(LearningRate(kCooled, 0), 0.25);
  EXPECT_DOUBLE_EQ(LearningRate(kCooled, 3), 1.0);
  EXPECT_DOUBLE_EQ(LearningRate(kCosine, 0), 0.2);
  EXPECT_DOUBLE_EQ(LearningRate(kCosine, 9), 2.0);
}

TEST(LrSchedule, StartsAtThePeakWithoutWarmup) {
  LrSchedule schedule = kCooled;
  schedule.warmup_steps = 0;
  EXPECT_DOUBLE_EQ(LearningRate(schedule, 0), 1.0);
}

TEST(LrSchedule, NeverRisesAfterWarmup) {
  for (const LrSchedule& schedule : {kCooled, kCosine}) {
    for (auto step = schedule.warmup_steps; step + 1 < schedule.total_steps;
         ++step) {
      EXPECT_GE(LearningRate(schedule, step), LearningRate(schedule, step + 1));
    }
  }
}

TEST(LrSchedule, HoldsThePeakUntilTheCooldown) {
  EXPECT_DOUBLE_EQ(LearningRate(kCooled, 79), 1.0);
  EXPECT_LT(LearningRate(kCooled, 80), 1.0);
}

TEST(LrSchedule, CoolsDownAsOneMinusTheSquareRoot) {
  for (std::int64_t i = 0; i < 20; ++i) {
    const double x = static_cast<double>(i + 1) / 21.0;
    EXPECT_DOUBLE_EQ(LearningRate(kCooled, 80 + i), 1.0 - std::sqrt(x));
  }
}

TEST(LrSchedule, MakesNoUpdateIdle) {
  EXPECT_GT(LearningRate(kCooled, 99), 0.0);
  LrSchedule to_zero = kCosine;
  to_zero.final_lr_fraction = 0.0;
  EXPECT_GT(LearningRate(to_zero, 109), 0.0);
}

TEST(LrSchedule, FollowsHalfACosine) {
  EXPECT_DOUBLE_EQ(LearningRate(kCosine, 10), 2.0);
  EXPECT_NEAR(LearningRate(kCosine, 60), 2.0 * 0.55, 1e-15);
  EXPECT_NEAR(LearningRate(kCosine, 109), 2.0 * 0.1, 1e-3);
}

TEST(LrSchedule, IsProportionalToThePeak) {
  LrSchedule twice = kCooled;
  twice.peak_lr *= 2.0;
  for (std::int64_t step = 0; step < 100; ++step) {
    EXPECT_EQ(LearningRate(twice, step), 2.0 * LearningRate(kCooled, step));
  }
}

TEST(LrSchedule, AgreesWithEveryLongerRunUpToItsBranchStep) {
  TrainingConfig config;
  config.warmup_steps = 7;
  for (const auto kind : {ScheduleKind::kWsd, ScheduleKind::kConstant}) {
    config.schedule = kind;
    const LrSchedule longer = MakeSchedule(config, 1000);
    for (std::int64_t steps = 20; steps <= 800; steps += 13) {
      const LrSchedule schedule = MakeSchedule(config, steps);
      for (std::int64_t step = 0; step < BranchStep(schedule); ++step) {
        ASSERT_EQ(LearningRate(schedule, step), LearningRate(longer, step));
      }
    }
  }
}

TEST(LrSchedule, SharesNothingWithACosine) {
  EXPECT_EQ(BranchStep(kCosine), 0);
}

TEST(LrSchedule, BranchesWhereTheCooldownStarts) {
  EXPECT_EQ(BranchStep(kCooled), 80);
}

TEST(MakeSchedule, RoundsTheCooldownToWholeStepsAndAtLeastOne) {
  TrainingConfig config;
  EXPECT_EQ(MakeSchedule(config, 1000).cooldown_steps, 200);
  EXPECT_EQ(MakeSchedule(config, 13).cooldown_steps, 3);
  EXPECT_EQ(MakeSchedule(config, 12).cooldown_steps, 2);
  EXPECT_EQ(MakeSchedule(config, 1).cooldown_steps, 1);
}

TEST(MakeSchedule, CoolsDownOnlyWhereTheKindSaysSo) {
  TrainingConfig config;
  config.schedule = ScheduleKind::kConstant;
  EXPECT_EQ(MakeSchedule(config, 1000).cooldown_steps, 0);
  EXPECT_EQ(BranchStep(MakeSchedule(config, 1000)), 1000);
  EXPECT_DOUBLE_EQ(LearningRate(MakeSchedule(config, 1000), 999),
                   config.peak_lr);
}

}  // namespace
}  // namespace isoflop
