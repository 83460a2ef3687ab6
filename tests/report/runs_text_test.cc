#include "analysis/report/runs_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_sweep.h"

namespace isoflop {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RunsText, ShowsEveryRunWithItsLossAndError) {
  const SampleSweep sweep;
  EXPECT_THAT(RunsText(sweep.plan, sweep.results),
              ContainsRegex("d12 L2 +[0-9.]+k +[0-9.]+k +2.00e10 +[0-9.]+ "
                            "+[0-9.]+ \\+- 0.0041 +ok"));
}

TEST(RunsText, CountsHowTheRunsEnded) {
  SampleSweep sweep;
  const std::size_t planned = sweep.results.size();
  sweep.results[0].status = RunStatus::kDiverged;
  sweep.results[1].status = RunStatus::kFailed;
  sweep.results.pop_back();
  EXPECT_THAT(RunsText(sweep.plan, sweep.results),
              HasSubstr(fmt::format("Runs of sample: {} of {} runs ok, 1 "
                                    "diverged, 1 failed, 1 pending",
                                    planned - 3, planned)));
}

TEST(RunsText, ShowsARunWithoutResultAsPending) {
  SampleSweep sweep;
  sweep.results.clear();
  const std::string text = RunsText(sweep.plan, sweep.results);
  EXPECT_THAT(text, ContainsRegex("d12 L2 .* -  pending"));
  EXPECT_THAT(text, Not(HasSubstr("+-")));
}

TEST(RunsText, GivesTheReasonsOfRunsThatAreNotOk) {
  SampleSweep sweep;
  sweep.results[2].status = RunStatus::kFailed;
  sweep.results[2].reason = "killed by signal 9";
  sweep.results[2].loss.reset();
  EXPECT_THAT(RunsText(sweep.plan, sweep.results),
              HasSubstr(sweep.results[2].id + " failed: killed by signal 9"));
}

TEST(RunsText, HasASeedColumnOnlyWhenSeedsDiffer) {
  Json file = SampleSweepFile();
  const SampleSweep one(file);
  EXPECT_THAT(RunsText(one.plan, one.results), Not(HasSubstr("seed")));
  file["seeds"] = {3, 4};
  const SampleSweep two(file);
  EXPECT_THAT(RunsText(two.plan, two.results), HasSubstr("model   seed"));
}

TEST(RunsText, HasAVariantColumnWhenSomethingVaries) {
  Json file = SampleSweepFile();
  file["vary"] = {{"model.position", {"rotary", "none"}}};
  const SampleSweep sweep(file);
  EXPECT_THAT(RunsText(sweep.plan, sweep.results),
              HasSubstr("  position=none  "));
}

TEST(RunsText, CountsNByThePlansConvention) {
  Json file = SampleSweepFile();
  file["grid"]["sizes"] = {{{"d_model", 64}}};
  const SampleSweep total(file);
  file["grid"]["params"] = "non_embedding";
  const SampleSweep non_embedding(file);
  EXPECT_THAT(RunsText(total.plan, total.results), HasSubstr("101k"));
  EXPECT_THAT(RunsText(non_embedding.plan, non_embedding.results),
              HasSubstr("98.6k"));
}

}  // namespace
}  // namespace isoflop
