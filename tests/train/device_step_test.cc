// The step of a GPU, on the CPU: what it does but for the launching.

#include "lib/train/device_step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "lib/train/micro_batch.h"
#include "lib/train/trainer.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::Pointwise;
using testing::SizeIs;

MATCHER(SameResult, "") {
  const auto& [a, b] = arg;
  return a.loss == b.loss && a.grad_norm == b.grad_norm;
}

/// A trainer with its initial weights.
std::unique_ptr<Trainer> Start(TinySweep& sweep, bool device_step) {
  auto trainer =
      std::make_unique<Trainer>(sweep.group(), sweep.task(), at::kCPU,
                                TrainerOptions{.device_step = device_step});
  trainer->Initialize();
  return trainer;
}

/// Makes updates `from` to `to` and takes their results together.
std::vector<UpdateResult> Train(Trainer& trainer, const LrSchedule& schedule,
                                std::int64_t from, std::int64_t to) {
  for (std::int64_t step = from; step < to; ++step) {
    trainer.Update(step, schedule);
  }
  return trainer.TakeResults();
}

LrSchedule Schedule(TinySweep& sweep, std::int64_t steps) {
  return MakeSchedule(sweep.group().training, steps);
}

void ExpectTheHostsUpdates(TinySweep& sweep) {
  const LrSchedule schedule = Schedule(sweep, 60);
  const auto host = Start(sweep, false);
  const auto device = Start(sweep, true);
  const auto expected = Train(*host, schedule, 0, 60);
  const auto found = Train(*device, schedule, 0, 60);
  ASSERT_THAT(found, SizeIs(60));
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_NEAR(found[i].loss, expected[i].loss, 1e-4) << "step " << i;
    EXPECT_NEAR(found[i].grad_norm, expected[i].grad_norm,
                1e-3 * expected[i].grad_norm)
        << "step " << i;
  }
  EXPECT_TRUE(
      at::allclose(device->state().values, host->state().values, 1e-3, 1e-3));
  EXPECT_LT(found.back().loss, found.front().loss - 0.1) << "it has learned";
}

TEST(DeviceStep, MakesTheUpdatesOfTheHost) {
  TinySweep sweep;
  ExpectTheHostsUpdates(sweep);
}

TEST(DeviceStep, AddsUpMicroBatches) {
  TinySweep sweep;
  sweep.group().training.micro_batch_tokens = 16;
  ExpectTheHostsUpdates(sweep);
}

TEST(DeviceStep, FillsManyChunks) {
  TinySweep sweep;
  sweep.group().runs.back().steps = 7;  // what a chunk holds at most
  ExpectTheHostsUpdates(sweep);
}

TEST(DeviceStep, DependsOnTheStepAndNotOnThePath) {
  TinySweep sweep;
  const LrSchedule longer = Schedule(sweep, 60);
  const auto straight = Start(sweep, true);
  Train(*straight, longer, 0, 30);
  const auto expected = Train(*straight, longer, 30, 60);

  const auto branching = Start(sweep, true);
  Train(*branching, longer, 0, 30);
  const TrainingState trunk = branching->state().Clone();
  Train(*branching, Schedule(sweep, 35), 30, 35);
  branching->Load(trunk);
  EXPECT_THAT(Train(*branching, longer, 30, 60),
              Pointwise(SameResult(), expected));
  EXPECT_TRUE(at::equal(branching->state().values, straight->state().values));
}

TEST(DeviceStep, FollowsAnotherScheduleAtTheSameStep) {
  TinySweep sweep;
  const auto one = Start(sweep, true);
  const auto other = Start(sweep, true);
  Train(*one, Schedule(sweep, 40), 0, 30);
  Train(*other, Schedule(sweep, 60), 0, 30);
  Train(*other, Schedule(sweep, 40), 30, 40);
  Train(*one, Schedule(sweep, 40), 30, 40);
  EXPECT_TRUE(at::equal(one->state().values, other->state().values))
      << "both cool down from step 32 on";
}

TEST(DeviceStep, GivesEveryResultOnce) {
  TinySweep sweep;
  const LrSchedule schedule = Schedule(sweep, 60);
  const auto together = Start(sweep, true);
  const auto expected = Train(*together, schedule, 0, 40);
  const auto apart = Start(sweep, true);
  EXPECT_THAT(apart->TakeResults(), SizeIs(0));
  auto found = Train(*apart, schedule, 0, 1);
  for (const UpdateResult& result : Train(*apart, schedule, 1, 40)) {
    found.push_back(result);
  }
  EXPECT_THAT(found, Pointwise(SameResult(), expected));
}

TEST(DeviceStep, TrainsInBf16) {
  TinySweep sweep;
  sweep.group().training.precision = Precision::kBf16;
  const auto fp32 = Start(sweep, false);
  const auto bf16 = Start(sweep, true);
  const LrSchedule schedule = Schedule(sweep, 60);
  EXPECT_NEAR(Train(*bf16, schedule, 0, 60).back().loss,
              Train(*fp32, schedule, 0, 60).back().loss, 0.05);
}

TEST(EqualMicroBatchWindows, IsTheNextSmallerDivisor) {
  TinySweep sweep;
  RunGroup& group = sweep.group();
  group.training.batch_tokens = 12 * 16;
  const std::pair<std::int64_t, std::int64_t> cases[] = {
      {16, 1},       {5 * 16, 4}, {7 * 16, 6},  {11 * 16, 6},
      {12 * 16, 12}, {1, 1},      {99 * 16, 12}};
  for (const auto& [tokens, windows] : cases) {
    group.training.micro_batch_tokens = tokens;
    EXPECT_EQ(EqualMicroBatchWindows(group), windows) << tokens;
  }
}

}  // namespace
}  // namespace isoflop
