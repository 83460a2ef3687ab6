#include "lib/machine/bench_result.h"

#include <gtest/gtest.h>

#include "lib/machine/bench_cases.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

BenchResult SomeResult() {
  BenchReport report;
  report.tokens_per_second = {.median = 1000.0, .low = 900.0, .high = 1100.0};
  report.matmul_flops_per_second = {.median = 1e9, .low = 9e8, .high = 1e9};
  report.device = {{"kind", "cpu"}};
  report.software = {{"libtorch", "none"}};
  return {BenchCases({.shapes = {"d_model=64,layers=2"}}).front(), report, 2e8};
}

TEST(BenchResult, CountsSixFlopsPerParameterAndToken) {
  const BenchResult result = SomeResult();
  EXPECT_EQ(result.group.convention, ParamsConvention::kTotal);
  EXPECT_DOUBLE_EQ(FlopsPerSecond6N(result),
                   6.0 * static_cast<double>(result.group.params.total) * 1e3);
}

TEST(BenchResult, CountsAttentionAndHeadExactly) {
  const BenchResult result = SomeResult();
  EXPECT_DOUBLE_EQ(ExactFlopsPerSecond(result),
                   TrainingFlopsPerToken(result.group.shape) * 1e3);
  EXPECT_DOUBLE_EQ(ShareOfMatmul(result), ExactFlopsPerSecond(result) / 1e9);
}

TEST(BenchResult, IsLabelledByItsShape) {
  EXPECT_EQ(CaseLabel(SomeResult().group), "d64 L2 T128");
}

TEST(BenchJson, IsWhatItsSchemaSays) {
  EXPECT_EQ(SchemaProblem(BenchJson({SomeResult()}, {}), "bench"), "");
}

TEST(BenchJson, MayHaveMemoryAProfileAndASweep) {
  BenchResult result = SomeResult();
  result.report.peak_memory_bytes = 1e8;
  result.report.profile = {{"pass", 1.5, 0.75}, {"other", 0.5, 0.25}};
  SweepPrediction sweep{.name = "demo",
                        .totals = {.runs = 33, .tokens = 1000},
                        .groups = 10,
                        .slots = "2 x cpu",
                        .wall_seconds = 47.0};
  const Json json = BenchJson({result}, sweep);
  EXPECT_EQ(SchemaProblem(json, "bench"), "");
  EXPECT_EQ(json["cases"][0]["peak_memory_bytes"], 1e8);
  EXPECT_EQ(json["cases"][0]["profile"][0]["section"], "pass");
  EXPECT_EQ(json["sweep"]["wall_seconds"], 47.0);
}

TEST(BenchJson, LeavesOutWhatNobodyKnows) {
  SweepPrediction sweep{.name = "demo", .totals = {.runs = 1, .tokens = 10}};
  sweep.groups = 1;
  sweep.slots = "1 x cpu";
  const Json json = BenchJson({SomeResult()}, sweep);
  EXPECT_EQ(SchemaProblem(json, "bench"), "");
  EXPECT_FALSE(json["cases"][0].contains("peak_memory_bytes"));
  EXPECT_FALSE(json["cases"][0].contains("profile"));
  EXPECT_FALSE(json["sweep"].contains("wall_seconds"));
}

}  // namespace
}  // namespace isoflop
