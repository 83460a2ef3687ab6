// What training keeps in memory, against the estimate: by tensor operations
// that for a GPU, since the CPU's allocator counts the same tensors.

#include <gtest/gtest.h>

#include <string>

#include "lib/model/torch_compat.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan.h"
#include "lib/train/trainer.h"
#include "tests/train/tensor_memory.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

struct Case {
  Json model;
  std::int64_t d_model;
  std::int64_t batch_tokens;
  const char* precision;
};

TinySweep SweepOf(const Case& c) {
  Json json = TinySweepJson();
  json["model"].update(c.model);
  json["grid"]["sizes"][0]["d_model"] = c.d_model;
  json["grid"]["tokens"] = {100 * c.batch_tokens};
  json["data"]["vocab_size"] = c.model["vocab_size"];
  json["training"]["batch_tokens"] = c.batch_tokens;
  json["training"]["precision"] = c.precision;
  return TinySweep(json);
}

/// Scores and weights of attention, which LibTorch 2 does not build.
double ScoreBytes(const RunGroup& group) {
  if (!compat::kAttentionNeedsMask) return 0.0;
  const ModelShape& s = group.shape;
  return 5.0 * static_cast<double>(s.layers * s.heads * s.context *
                                   group.training.batch_tokens);
}

TEST(EstimateMemoryBytes, IsWhatTensorOperationsTake) {
  const Json wide{
      {"layers", 2}, {"heads", 4}, {"context", 64}, {"vocab_size", 256}};
  const Json deep{
      {"layers", 6}, {"heads", 2}, {"context", 32}, {"vocab_size", 64}};
  const Json gelu{{"layers", 2},       {"heads", 4},    {"context", 64},
                  {"vocab_size", 256}, {"ffn", "gelu"}, {"norm", "layer"}};
  const Json words{
      {"layers", 2}, {"heads", 4}, {"context", 64}, {"vocab_size", 32768}};
  const Case cases[] = {{wide, 128, 1024, "fp32"}, {wide, 128, 1024, "bf16"},
                        {deep, 64, 2048, "fp32"},  {deep, 64, 2048, "bf16"},
                        {gelu, 128, 1024, "bf16"}, {words, 64, 1024, "bf16"}};
  for (const Case& c : cases) {
    TinySweep sweep = SweepOf(c);
    const TensorMemory memory;
    Trainer trainer(sweep.group(), sweep.task(), at::kCPU,
                    {.device_step = true});
    trainer.Initialize();
    const LrSchedule schedule = MakeSchedule(sweep.group().training, 100);
    for (int step = 0; step < 3; ++step) trainer.Update(step, schedule);
    const double estimate =
        EstimateMemoryBytes(sweep.group(), DeviceKind::kGpu) +
        ScoreBytes(sweep.group());
    const auto peak = static_cast<double>(memory.peak_bytes());
    EXPECT_NEAR(peak / estimate, 1.0, 0.25)
        << c.model << " " << c.precision << ": " << peak / 1e6 << " MB of "
        << estimate / 1e6;
  }
}

TEST(EstimateMemoryBytes, IsWhatPassesByHandTake) {
  for (const Architecture architecture :
       {Architecture::kTransformer, Architecture::kLstm, Architecture::kGru,
        Architecture::kMlp}) {
    for (const std::int64_t eval_windows : {1, 100}) {
      Json json = TinySweepJson();
      json["model"] = {{"architecture", NameOf(architecture)},
                       {"layers", 3},
                       {"context", 64},
                       {"vocab_size", 64}};
      if (architecture == Architecture::kTransformer) {
        json["model"]["heads"] = 2;
      }
      json["grid"]["sizes"][0]["d_model"] = 64;
      json["grid"]["tokens"] = {1'024'000};
      json["data"]["vocab_size"] = 64;
      json["data"]["eval_tokens"] = 64 * eval_windows;
      json["training"]["batch_tokens"] = 1024;
      TinySweep sweep(json);
      const TensorMemory memory;
      Trainer trainer(sweep.group(), sweep.task(), at::kCPU, {});
      trainer.Initialize();
      const LrSchedule schedule = MakeSchedule(sweep.group().training, 100);
      trainer.Update(0, schedule);
      trainer.Evaluate([] { return false; });
      trainer.Update(1, schedule);
      EXPECT_NEAR(static_cast<double>(memory.peak_bytes()) /
                      EstimateMemoryBytes(sweep.group()),
                  1.0, 0.1)
          << NameOf(architecture) << ", " << eval_windows;
    }
  }
}

}  // namespace
}  // namespace isoflop
