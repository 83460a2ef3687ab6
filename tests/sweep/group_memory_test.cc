#include "lib/sweep/group_memory.h"

#include <gtest/gtest.h>

#include "lib/sweep/group_cost.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

// Floats per token of TinyGroup(): d_model 8, two heads, context and vocabulary
// of 32, d_ff 32, one layer.
constexpr double kLayer = 8 * 8 + 2 * 32 + 32 + 32 + 4;
constexpr double kHead = 2 * 8 + 32 + 2;
constexpr double kBackward = 2 * 8 + 32 + 32 + 1;

/// One run, and so no snapshot.
RunGroup GroupOfOneRun() {
  RunGroup group = TinyGroup();
  group.runs.resize(1);
  return group;
}

double StateAndGradients(const RunGroup& group) {
  return 16.0 * static_cast<double>(group.params.total);
}

TEST(LossRows, AreFewOfALargeVocabularyButNotInManyPieces) {
  ModelShape shape;
  shape.vocab_size = 256;
  EXPECT_EQ(LossRows(shape, 4096), 4096) << "all, where they are few";
  shape.vocab_size = 1 << 15;
  EXPECT_EQ(LossRows(shape, 4096), 1024) << "2^25 logits";
  EXPECT_EQ(LossRows(shape, 65535), 8192) << "an eighth, rounded up";
  EXPECT_EQ(LossRows(shape, 1 << 20), 8192) << "2^28 logits";
  shape.vocab_size = 1 << 26;
  EXPECT_EQ(LossRows(shape, 4), 1) << "never none";
}

TEST(EvalBatchTokens, AreWholeWindowsAndNotTooManyLogits) {
  ModelShape shape{.context = 96, .vocab_size = 64};
  EXPECT_EQ(EvalBatchTokens(shape), 21 * 96);
  shape.context = 4096;
  EXPECT_EQ(EvalBatchTokens(shape), 4096) << "never less than a window";
  shape = {.context = 64, .vocab_size = 1 << 16};
  EXPECT_EQ(EvalBatchTokens(shape), 256);
}

TEST(EstimateMemoryBytes, OnACpuIsStateGradientsAndTheWorkspaceOfTraining) {
  RunGroup group = GroupOfOneRun();
  group.data.eval_tokens = 32;
  EXPECT_DOUBLE_EQ(EstimateMemoryBytes(group) - StateAndGradients(group),
                   4 * (256 * (kLayer + kHead + kBackward) + 32 * 32));
}

TEST(EstimateMemoryBytes, OnACpuIsThatOfAnEvaluationWhereThatIsLarger) {
  const RunGroup group = GroupOfOneRun();
  ASSERT_EQ(group.data.eval_tokens, 1024);
  EXPECT_DOUBLE_EQ(EstimateMemoryBytes(group) - StateAndGradients(group),
                   4 * 1024 * (kLayer + kHead));
}

TEST(EstimateMemoryBytes, OnACpuKeepsEveryLayerOfTrainingAndOneToEvaluate) {
  RunGroup group = GroupOfOneRun();
  group.data.eval_tokens = 32;
  const double one = EstimateMemoryBytes(group);
  group.shape.layers = 2;
  EXPECT_DOUBLE_EQ(EstimateMemoryBytes(group) - one, 4 * 256 * kLayer);
}

TEST(EstimateMemoryBytes, HoldsWeightsGradientsAndMomentsOnAGpu) {
  const RunGroup group = TinyGroup();
  EXPECT_GT(EstimateMemoryBytes(group, DeviceKind::kGpu),
            28.0 * static_cast<double>(group.params.total))
      << "and three temporaries, while a GPU updates";
}

TEST(EstimateMemoryBytes, ShrinksWithTheMicroBatch) {
  for (const DeviceKind device : {DeviceKind::kCpu, DeviceKind::kGpu}) {
    RunGroup group = TinyGroup();
    group.data.eval_tokens = 32;
    const double whole = EstimateMemoryBytes(group, device);
    group.training.micro_batch_tokens = 32;
    EXPECT_LT(EstimateMemoryBytes(group, device), whole);
  }
}

TEST(EstimateMemoryBytes, NeedsASnapshotOnlyForBranches) {
  for (const DeviceKind device : {DeviceKind::kCpu, DeviceKind::kGpu}) {
    const double with_branches = EstimateMemoryBytes(TinyGroup(), device);
    const RunGroup group = GroupOfOneRun();
    EXPECT_DOUBLE_EQ(with_branches - EstimateMemoryBytes(group, device),
                     StateBytes(group));
  }
}

TEST(EstimateMemoryBytes, AddsTheCopiesAndHalvesTheActivationsOfBf16) {
  constexpr DeviceKind kGpu = DeviceKind::kGpu;
  RunGroup group = TinyGroup();
  const double fp32 = EstimateMemoryBytes(group, kGpu);
  group.training.precision = Precision::kBf16;
  constexpr double kProducts = 5 * 8 + 2 * 32;  // of a token; norms stay fp32
  EXPECT_DOUBLE_EQ(
      EstimateMemoryBytes(group, kGpu) - fp32,
      4.0 * static_cast<double>(group.params.total) - 2.0 * 256 * kProducts)
      << "weights and gradients, two bytes each";
}

TEST(EstimateMemoryBytes, OnAGpuHoldsSomeLogitsOfALargeVocabularyAtATime) {
  RunGroup group = GroupOfOneRun();
  group.shape.vocab_size = 1 << 22;  // eight tokens at a time
  group.training.micro_batch_tokens = 64;
  const double some = EstimateMemoryBytes(group, DeviceKind::kGpu);
  group.training.micro_batch_tokens = 32;
  EXPECT_GT(EstimateMemoryBytes(group, DeviceKind::kGpu), 0.999 * some);
}

TEST(EstimateMemoryBytes, DoesNotGrowWithABatchThatTheBf16PassTakesInParts) {
  RunGroup group = TinyGroup();
  if (!HasBf16Pass(group.shape)) GTEST_SKIP() << "no bf16 on this processor";
  group.training.precision = Precision::kBf16;
  const std::int64_t part = Bf16PassTokens(group.shape);
  group.training.batch_tokens = part;
  const double one_part = EstimateMemoryBytes(group, DeviceKind::kCpu);
  group.training.batch_tokens = 8 * part;
  EXPECT_EQ(EstimateMemoryBytes(group, DeviceKind::kCpu), one_part);
  group.training.batch_tokens = part / 2;
  EXPECT_LT(EstimateMemoryBytes(group, DeviceKind::kCpu), one_part);
}

TEST(Bf16PassTokens, AreWholeWindowsAndAtLeastOne) {
  ModelShape shape = TinyGroup().shape;
  shape.context = 100;
  EXPECT_EQ(Bf16PassTokens(shape), 1000);
  shape.context = 4096;
  EXPECT_EQ(Bf16PassTokens(shape), 4096);
  shape.context = 128;
  shape.vocab_size = 1 << 17;
  EXPECT_EQ(Bf16PassTokens(shape), 256);
}

}  // namespace
}  // namespace isoflop
