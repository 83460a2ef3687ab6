// Training on a GPU against training on the CPU, and CUDA graphs against the
// same operations one by one.

#include "lib/train/gpu.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "lib/model/set_up.h"
#include "lib/model/torch_compat.h"
#include "lib/train/trainer.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

const at::Device kGpu(at::kCUDA, 0);
constexpr std::int64_t kSteps = 60;

class Gpu : public testing::Test {
 protected:
  void SetUp() override {
    if (compat::GpuCount() == 0) GTEST_SKIP() << "there is no GPU here";
    SetUpComputing();
    // Attention adds up in any order otherwise.
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  }
};

struct Trained {
  std::vector<UpdateResult> results;
  at::Tensor values;  // on the CPU
  double eval_loss = 0.0;
  std::string launch;
};

Trained TrainOn(at::Device device, TinySweep& sweep,
                const TrainerOptions& options = {}) {
  Trainer trainer(sweep.group(), sweep.task(), device, options);
  trainer.Initialize();
  const LrSchedule schedule = MakeSchedule(sweep.group().training, kSteps);
  for (std::int64_t step = 0; step < kSteps; ++step) {
    trainer.Update(step, schedule);
  }
  return {.results = trainer.TakeResults(),
          .values = trainer.state().values.to(at::kCPU),
          .eval_loss = trainer.Evaluate([] { return false; })->loss,
          .launch = trainer.DescribeLaunch().value_or("")};
}

void ExpectEqual(const Trained& a, const Trained& b) {
  ASSERT_EQ(a.results.size(), b.results.size());
  for (std::size_t i = 0; i < a.results.size(); ++i) {
    EXPECT_EQ(a.results[i].loss, b.results[i].loss) << "step " << i;
    EXPECT_EQ(a.results[i].grad_norm, b.results[i].grad_norm) << "step " << i;
  }
  EXPECT_TRUE(at::equal(a.values, b.values));
  EXPECT_EQ(a.eval_loss, b.eval_loss);
}

TEST_F(Gpu, LossesInFp32AreThoseOfTheCpu) {
  TinySweep sweep;
  const Trained cpu = TrainOn(at::kCPU, sweep);
  const Trained gpu = TrainOn(kGpu, sweep);
  for (std::size_t i = 0; i < cpu.results.size(); ++i) {
    EXPECT_NEAR(gpu.results[i].loss, cpu.results[i].loss, 1e-4) << i;
  }
  EXPECT_NEAR(gpu.eval_loss, cpu.eval_loss, 1e-4);
}

TEST_F(Gpu, ReplayingAGraphEqualsItsOperationsBitForBit) {
  for (const Precision precision : {Precision::kFp32, Precision::kBf16}) {
    for (const std::int64_t micro_batch : {64, 16}) {
      SCOPED_TRACE(testing::Message()
                   << NameOf(precision) << ", micro-batch " << micro_batch);
      TinySweep sweep;
      sweep.group().training.precision = precision;
      sweep.group().training.micro_batch_tokens = micro_batch;
      const Trained replayed = TrainOn(kGpu, sweep);
      if (compat::kHasCudaGraphs) {
        EXPECT_EQ(replayed.launch, "CUDA graph");
      }
      const Trained one_by_one = TrainOn(kGpu, sweep, {.graphs = false});
      EXPECT_EQ(one_by_one.launch, "operations");
      ExpectEqual(replayed, one_by_one);
    }
  }
}

/// Of a size at which libraries take the kernels that sweeps have.
TEST_F(Gpu, ReplaysAGraphOfModelsAsSweepsHaveThem) {
  Json json = TinySweepJson();
  json["model"] = {{"context", 128}, {"layers", 2}, {"heads", 2}};
  json["grid"] = {{"sizes", {{{"d_model", 128}}}}, {"tokens", {409600}}};
  json["training"]["batch_tokens"] = 4096;
  json["training"]["precision"] = "bf16";
  TinySweep sweep(json);
  const Trained replayed = TrainOn(kGpu, sweep);
  if (compat::kHasCudaGraphs) {
    EXPECT_EQ(replayed.launch, "CUDA graph");
  }
  const Trained one_by_one = TrainOn(kGpu, sweep, {.graphs = false});
  for (std::size_t i = 0; i < replayed.results.size(); ++i) {
    EXPECT_NEAR(replayed.results[i].loss, one_by_one.results[i].loss, 1e-2)
        << i;
  }
  EXPECT_NEAR(replayed.eval_loss, one_by_one.eval_loss, 1e-2);
}

TEST_F(Gpu, TrainersOnThreadsDoNotDisturbEachOther) {
  TinySweep sweep;
  const Trained alone = TrainOn(kGpu, sweep);
  std::vector<std::future<Trained>> together;
  for (int i = 0; i < 4; ++i) {
    together.push_back(
        std::async(std::launch::async, [&] { return TrainOn(kGpu, sweep); }));
  }
  for (auto& trained : together) ExpectEqual(trained.get(), alone);
}

TEST_F(Gpu, ALargeVocabularyIsTrainedInPieces) {
  TinySweep sweep;
  sweep.group().shape.vocab_size = std::int64_t{1} << 20;  // 32 rows at a time
  const Trained cpu = TrainOn(at::kCPU, sweep);
  const Trained gpu = TrainOn(kGpu, sweep);
  EXPECT_NEAR(gpu.results.back().loss, cpu.results.back().loss, 1e-3);
}

TEST_F(Gpu, AGroupStopsAndGoesOnAsIfItHadNot) {
  TinySweep straight;
  RecordingObserver observer;
  ASSERT_EQ(TrainGroup(straight.dir(), straight.group(), straight.task(), kGpu,
                       observer),
            GroupOutcome::kEnded);
  TinySweep interrupted;
  GroupOutcome outcome = GroupOutcome::kStopped;
  while (outcome == GroupOutcome::kStopped) {
    RecordingObserver stopping;
    stopping.stop_at_question = 70;
    outcome = TrainGroup(interrupted.dir(), interrupted.group(),
                         interrupted.task(), kGpu, stopping);
  }
  for (std::size_t run = 0; run < 3; ++run) {
    EXPECT_EQ(straight.Result(run).loss, interrupted.Result(run).loss);
    EXPECT_EQ(Text(straight.Curve(run)), Text(interrupted.Curve(run)));
  }
}

}  // namespace
}  // namespace isoflop
