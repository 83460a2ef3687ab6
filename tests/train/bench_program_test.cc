// `isoflop bench` and real workers: does it say what it should, and do workers
// take the memory that plan expects?

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/core/cpu_features.h"
#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

Json BenchOf(const std::string& arguments) {
  const TempDir dir;
  const Outcome bench =
      Isoflop(dir, "bench --json --device cpu --seconds 0.05 " + arguments);
  EXPECT_EQ(bench.status, 0) << bench.err;
  return ParseJson(bench.out, "stdout");
}

TEST(BenchProgram, MeasuresATinyShape) {
  const Json report = BenchOf(
      "--shape d_model=16,context=32 --micro-batch-tokens 64 --profile");
  EXPECT_EQ(SchemaProblem(report, "bench"), "");
  const Json& one = report["cases"][0];
  EXPECT_EQ(one["micro_batch_tokens"], 64);
  EXPECT_GT(one["tokens_per_second"]["median"].get<double>(), 0.0);
  EXPECT_GT(one["share_of_matmul"].get<double>(), 0.0);
  EXPECT_EQ(one["device"]["kind"], "cpu");
  EXPECT_TRUE(one["software"].contains("libtorch"));
  EXPECT_EQ(one["profile"].size(), 6U);
}

TEST(BenchProgram, PredictsASweep) {
  const Json report =
      BenchOf("--jobs 2 --sweep " ISOFLOP_SOURCE_DIR "/sweeps/smoke.json");
  EXPECT_EQ(SchemaProblem(report, "bench"), "");
  EXPECT_EQ(report["cases"].size(), 4U);
  EXPECT_GT(report["sweep"]["wall_seconds"].get<double>(), 0.0);
}

void ExpectPeakAsPlanned(const std::string& options) {
  const Json report = BenchOf(options);
  for (const Json& one : report["cases"]) {
    const auto peak = one["peak_memory_bytes"].get<double>();
    const auto expected = one["estimated_memory_bytes"].get<double>();
    EXPECT_NEAR(peak / expected, 1.0, 0.25) << one["case"];
  }
}

TEST(BenchProgram, FindsThePeakOfMemoryThatPlanExpects) {
  ExpectPeakAsPlanned(
      "--batch-tokens 512 --shape d_model=16"
      " --shape d_model=64,context=512 --shape d_model=128,layers=4"
      " --shape d_model=128,layers=4,context=512,heads=8"
      " --shape d_model=256,layers=3,heads=4"
      " --shape d_model=128,context=512,vocab_size=8192");
}

TEST(BenchProgram, FindsThePeakOfMemoryThatPlanExpectsInBf16) {
  if (!HasAvx512Bf16()) GTEST_SKIP() << "no bf16 on this processor";
  ExpectPeakAsPlanned(
      "--precision bf16 --batch-tokens 2048 --shape d_model=64,context=512"
      " --shape d_model=32,layers=1,heads=1,context=2048"
      " --shape d_model=256,layers=3,heads=4"
      " --shape d_model=128,context=512,vocab_size=8192");
}

}  // namespace
}  // namespace isoflop
