#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/schema_check.h"
#include "tests/support/scoped_env.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kDemo = ISOFLOP_SOURCE_DIR "/sweeps/demo.json";
const std::string kWorker = " --worker " ISOFLOP_FAKE_WORKER;

TEST(PlanCommand, ShowsEveryRunAndWhatSharedTrunksSave) {
  const TempDir dir;
  const Outcome plan = Isoflop(dir, "plan " + kDemo + kWorker);
  ASSERT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, AllOf(HasSubstr("N total"), HasSubstr("left out"),
                              HasSubstr("no model can beat a loss of 1.1287"),
                              HasSubstr("shared trunks save 1.4")));
}

TEST(PlanCommand, PrintsAPlanThatItsSchemaAccepts) {
  const TempDir dir;
  const Outcome plan = Isoflop(dir, "plan --json " + kDemo + kWorker);
  ASSERT_EQ(plan.status, 0) << plan.err;
  EXPECT_EQ(SchemaProblem(ParseJson(plan.out, "stdout"), "plan"), "");
}

TEST(PlanCommand, TakesTheFasterPrecisionWhereTheSweepLeavesIt) {
  const TempDir dir;
  EXPECT_THAT(Isoflop(dir, "plan " + kDemo + kWorker).out,
              HasSubstr("precision: fp32 (auto: the faster one here)"));
  const ScopedEnv speedup("ISOFLOP_FAKE_SPEEDUP", "1.5");
  EXPECT_THAT(Isoflop(dir, "plan " + kDemo + kWorker).out,
              HasSubstr("precision: bf16 (auto: the faster one here)"));
}

TEST(PlanCommand, SaysWhatItTakesOfThisMachine) {
  const TempDir dir;
  const Outcome plan = Isoflop(dir, "plan --jobs 2 " + kDemo + kWorker);
  EXPECT_THAT(plan.out,
              AllOf(HasSubstr("memory (2 workers): up to "),
                    HasSubstr("disk: up to "), HasSubstr("2 x cpu (fake")));
}

TEST(PlanCommand, SaysHowManyGroupsMayShareAGpu) {
  const TempDir dir;
  const ScopedEnv gpus("ISOFLOP_FAKE_CUDA", "2");
  EXPECT_THAT(Isoflop(dir, "plan " + kDemo + kWorker).out,
              AllOf(HasSubstr("2 x cuda:0, up to 8 groups at once on each"),
                    HasSubstr("memory of cuda:0 (1 worker): up to ")));
}

TEST(PlanCommand, ReportsLearningRateMemoryAndTokensPerParameter) {
  const TempDir dir;
  const Outcome plan = Isoflop(dir, "plan --json " + kDemo + kWorker);
  const Json group = ParseJson(plan.out, "stdout")["groups"][0];
  EXPECT_GT(group["memory_bytes"].get<double>(), 0.0);
  EXPECT_GT(group["lr_hidden"].get<double>(), 0.0);
  EXPECT_GT(group["runs"][0]["tokens_per_param"].get<double>(), 0.0);
}

TEST(PlanCommand, SaysHowManyFilesHaveAnotherExtension) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "mixed");
  dir.Write("mixed/code.h", std::string(100'000, 'x'));
  dir.Write("mixed/book.txt", std::string(100'000, 'y'));
  dir.Write("mixed/other.txt", std::string(100'000, 'z'));
  Json sweep = ParseJson(R"({
    "schema": "isoflop.sweep/1", "name": "mixed",
    "data": {"kind": "text", "paths": ["mixed"], "extensions": [".h"],
             "eval_tokens": 1024},
    "model": {"context": 16, "head_size": 8},
    "grid": {"sizes": [{"d_model": 8, "layers": 1}], "tokens": [8192]},
    "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}}})",
                         "mixed.json");
  dir.Write("mixed.json", sweep.dump());
  EXPECT_THAT(Isoflop(dir, "plan mixed.json" + kWorker).out,
              AllOf(HasSubstr("1 documents"),
                    HasSubstr("2 file(s) without one of data.extensions")));
  EXPECT_THAT(
      Isoflop(dir, "plan mixed.json --data mixed" + kWorker).out,
      AllOf(HasSubstr("3 documents"), Not(HasSubstr("data.extensions"))));
}

TEST(PlanCommand, HasATableForEveryVariant) {
  const TempDir dir;
  dir.Write("vary.json", R"({
    "schema": "isoflop.sweep/1", "name": "vary",
    "data": {"kind": "lexicon", "words": 64, "eval_tokens": 256},
    "model": {"context": 16, "head_size": 8},
    "grid": {"sizes": [{"d_model": 8, "layers": 1}], "tokens": [8192]},
    "vary": {"model.position": ["rotary", "none"],
             "training.peak_lr": [0.002, 0.005]},
    "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}}})");
  const std::string out = Isoflop(dir, "plan vary.json" + kWorker).out;
  EXPECT_THAT(
      out,
      HasSubstr("\nmodel.position = none, training.peak_lr = 0.005:\nshape"));
  EXPECT_THAT(out, Not(HasSubstr("model.position=")));
}

TEST(PlanCommand, TrainsAndWritesNothing) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, "plan " + kDemo + kWorker).status, 0);
  std::size_t entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    entries += entry.path().filename() == ".stderr" ? 0 : 1;
  }
  EXPECT_EQ(entries, 0U);
}

}  // namespace
}  // namespace isoflop
