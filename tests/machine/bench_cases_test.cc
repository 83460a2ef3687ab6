#include "lib/machine/bench_cases.h"

#include <gtest/gtest.h>

#include "lib/core/json.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

RunGroup CaseOf(const std::string& shape) {
  return BenchCases({.shapes = {shape}}).at(0);
}

TEST(BenchCases, AreFourShapesAtAContextOf128WhereNoneIsNamed) {
  std::vector<std::int64_t> widths;
  for (const RunGroup& group : BenchCases({})) {
    EXPECT_EQ(group.shape.context, 128);
    widths.push_back(group.shape.d_model);
  }
  EXPECT_EQ(widths, (std::vector<std::int64_t>{64, 128, 256, 512}));
}

TEST(BenchCases, TakeTheKeysOfASweepsSizesAndModel) {
  const ModelShape shape =
      CaseOf(
          "d_model=64,layers=3,heads=4,context=256,ffn=swiglu,"
          "ffn_ratio=2.5,position=none,tied_embeddings=false,vocab_size=1e3")
          .shape;
  EXPECT_EQ(shape.layers, 3);
  EXPECT_EQ(shape.heads, 4);
  EXPECT_EQ(shape.context, 256);
  EXPECT_EQ(shape.ffn, FfnKind::kSwiglu);
  EXPECT_EQ(shape.d_ff, 160);
  EXPECT_EQ(shape.position, Position::kNone);
  EXPECT_FALSE(shape.tied_embeddings);
  EXPECT_EQ(shape.vocab_size, 1000);
}

TEST(BenchCases, AreAsASweepFileIsThatLeavesTheRestOut) {
  const RunGroup group = CaseOf("d_model=64");
  const ModelConfig model;
  EXPECT_EQ(group.shape.layers, model.layers);
  EXPECT_EQ(group.shape.heads, 64 / model.head_size);
  EXPECT_EQ(group.training.batch_tokens, TrainingConfig().batch_tokens);
  EXPECT_EQ(group.runs.size(), 1U);
}

TEST(BenchCases, ComeNearToAParameterCount) {
  const RunGroup group = CaseOf("params_total=1e6");
  EXPECT_NEAR(static_cast<double>(group.params.total), 1e6, 3e5);
}

TEST(BenchCases, AreTheProductOfShapesPrecisionsAndBatches) {
  const auto cases = BenchCases({.shapes = {"d_model=32", "d_model=64"},
                                 .precisions = {"fp32", "bf16"},
                                 .batch_tokens = {256, 512},
                                 .micro_batch_tokens = {128, 256}});
  ASSERT_EQ(cases.size(), 16U);
  EXPECT_EQ(cases.front().shape.d_model, 32);
  EXPECT_EQ(cases.back().shape.d_model, 64);
  EXPECT_EQ(cases.back().training.precision, Precision::kBf16);
  EXPECT_EQ(cases.back().training.batch_tokens, 512);
  EXPECT_EQ(cases.back().training.micro_batch_tokens, 256);
}

struct BadCase {
  const char* shape;
  const char* fragment;
};

TEST(BenchCases, RefuseBadShapes) {
  const BadCase cases[] = {
      {"", "must be KEY=VALUE"},
      {"d_model", "got \"d_model\""},
      {"d_model=", "got \"d_model=\""},
      {"=64", "got \"=64\""},
      {"d_model=64,", "got \"\""},
      {"d_model=64,d_model=32", "d_model is given twice"},
      {"d_modle=64", "did you mean 'd_model'"},
      {"d_model=64,contxt=64", "did you mean 'context'"},
      {"d_model=64,tokens=64", "there is no \"tokens\""},
      {"layers=2", "exactly one of d_model, params_total"},
      {"d_model=64,params_total=1e6", "exactly one of d_model, params_total"},
      {"d_model=wide", "grid.sizes[0].d_model"},
      {"d_model=64.5", "grid.sizes[0].d_model"},
      {"d_model=-64", "grid.sizes[0].d_model"},
      {"d_model=nan", "grid.sizes[0].d_model"},
      {"d_model=[64]", "grid.sizes[0].d_model"},
      {"d_model=65", "no multiple of head_size 16"},
      {"d_model=64,heads=3", "heads"},
      {"d_model=64,heads=4,head_size=16", "give one of the two"},
      {"d_model=64,layers=0", "grid.sizes[0].layers"},
      {"d_model=64,context=0", "model.context"},
      {"d_model=64,context=96", "batch_tokens"},
      {"d_model=64,context=131072", "data.eval_tokens"},
      {"d_model=64,vocab_size=10", "model.vocab_size"},
      {"d_model=64,ffn=geglu", "model.ffn"},
      {"d_model=64,norm=rsm", "did you mean 'rms'"},
      {"d_model=64,tied_embeddings=yes", "model.tied_embeddings"}};
  for (const BadCase& bad : cases) {
    EXPECT_ERROR(CaseOf(bad.shape), bad.fragment);
    EXPECT_ERROR(CaseOf(bad.shape), std::string("--shape ") + bad.shape);
  }
}

TEST(BenchCases, RefuseBadTraining) {
  const std::vector<std::string> shapes{"d_model=64"};
  EXPECT_ERROR(BenchCases({.shapes = shapes, .precisions = {"fp16"}}),
               "training.precision");
  EXPECT_ERROR(BenchCases({.shapes = shapes, .batch_tokens = {100}}),
               "100 is no multiple of model.context 128");
  EXPECT_ERROR(BenchCases({.shapes = shapes, .batch_tokens = {0}}),
               "training.batch_tokens");
  EXPECT_ERROR(BenchCases({.shapes = shapes, .micro_batch_tokens = {384}}),
               "384 does not divide batch_tokens 256");
}

// A key that the sweep file has and the option does not would be news to it.
TEST(BenchCases, KnowEveryKeyOfTheModelSection) {
  const Json schema =
      ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/schema/sweep.schema.json");
  const Json& keys = schema["definitions"]["model"]["properties"];
  ASSERT_GE(keys.size(), 10U);
  for (const auto& item : keys.items()) {
    if (item.key() == "layers") continue;  // of the size here
    EXPECT_ERROR(CaseOf("d_model=64," + item.key() + "=?"),
                 "model." + item.key());
  }
}

TEST(DistinctCases, AreOneOfEachShapeWhateverTheSeed) {
  Json file = TinySweepFile();
  file["seeds"] = {0, 1, 2};
  const TinySweep sweep(file);
  ASSERT_EQ(sweep.plan.groups.size(), 6U);
  const auto cases = DistinctCases(sweep.plan);
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[1].shape.d_model, 16);
}

TEST(DistinctCases, DifferByBatchAndPrecision) {
  Json file = TinySweepFile();
  file["vary"] = {{"training.batch_tokens", {64, 128}},
                  {"training.precision", {"fp32", "bf16"}},
                  {"training.peak_lr", {0.001, 0.002}}};
  EXPECT_EQ(DistinctCases(TinySweep(file).plan).size(), 8U);
}

}  // namespace
}  // namespace isoflop
