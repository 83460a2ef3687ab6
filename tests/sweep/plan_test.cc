#include "lib/sweep/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(MakePlan, GivesEachShapeAndSeedOneTrunkWithItsBranches) {
  const Plan plan = PlanOf(TinySweep());
  EXPECT_EQ(plan.name, "tiny");
  ASSERT_THAT(plan.groups, SizeIs(6));  // three sizes, two seeds
  for (const RunGroup& group : plan.groups) EXPECT_THAT(group.runs, SizeIs(3));
  EXPECT_EQ(plan.groups[0].shape.d_model, 8);
  EXPECT_EQ(plan.groups[0].seed, 0);
  EXPECT_EQ(plan.groups[1].shape.d_model, 8);
  EXPECT_EQ(plan.groups[1].seed, 1);
  EXPECT_EQ(plan.groups[5].shape.d_model, 24);
}

TEST(MakePlan, ResolvesEveryNumberOfARun) {
  const RunGroup group = TinyGroup();
  const PlannedRun& run = group.runs.front();
  EXPECT_EQ(group.params.total, 12 * 64 + 3 * 8 + 32 * 8);
  EXPECT_EQ(run.steps, 100);
  EXPECT_EQ(run.branch_step, 80);
  EXPECT_EQ(run.tokens, 25600);
  EXPECT_DOUBLE_EQ(run.flops, 6.0 * 1048 * 25600);
  EXPECT_DOUBLE_EQ(run.flops_exact, TrainingFlopsPerToken(group.shape) * 25600);
  EXPECT_FALSE(run.budget_flops.has_value());
  EXPECT_EQ(run.epochs, 0.0);
}

TEST(MakePlan, MeetsEveryBudgetToWithinHalfAStep) {
  Json json = TinySweep();
  json["grid"].erase("tokens");
  json["grid"]["budgets_flops"] = {1e9, 2e9, 4e9};
  for (const RunGroup& group : PlanOf(json).groups) {
    const double step = 6.0 * static_cast<double>(group.params.total) * 256;
    for (const PlannedRun& run : group.runs) {
      ASSERT_TRUE(run.budget_flops.has_value());
      EXPECT_LE(std::abs(run.flops - *run.budget_flops), 0.5 * step * 1.000001);
    }
  }
}

TEST(MakePlan, TrainsASizeToItsOwnTokensInPlaceOfTheGrids) {
  const Json json = TinySweepWith(
      "/grid/sizes", Json::parse(R"([{"d_model": 8, "tokens": [51200, 102400]},
                                     {"d_model": 16}])"));
  const Plan plan = PlanOf(json);
  ASSERT_THAT(plan.groups, SizeIs(4));  // two sizes, two seeds
  ASSERT_THAT(plan.groups[0].runs, SizeIs(2));
  EXPECT_EQ(plan.groups[0].runs[0].tokens, 51200);
  EXPECT_EQ(plan.groups[0].runs[1].tokens, 102400);
  EXPECT_THAT(plan.groups[2].runs, SizeIs(3));
}

TEST(MakePlan, NeedsNoRuleForTokensWhereAllSizesHaveTheirOwn) {
  Json json = TinySweepWith("/grid/sizes",
                            Json::parse(R"([{"d_model": 8, "tokens": [51200]},
                                     {"d_model": 16, "tokens": [76800]}])"));
  json["grid"].erase("tokens");
  const Plan plan = PlanOf(json);
  ASSERT_THAT(plan.groups, SizeIs(4));
  EXPECT_EQ(plan.groups[0].runs[0].tokens, 51200);
  EXPECT_EQ(plan.groups[2].runs[0].tokens, 76800);
}

TEST(MakePlan, CountsNAsTheGridSays) {
  Json json = TinySweepWith("/grid/params", "non_embedding");
  json["grid"].erase("tokens");
  json["grid"]["tokens_per_param"] = {50};
  const Plan plan = PlanOf(json);
  EXPECT_EQ(plan.convention, ParamsConvention::kNonEmbedding);
  const RunGroup& group = plan.groups[0];
  EXPECT_EQ(group.convention, ParamsConvention::kNonEmbedding);
  const auto n = static_cast<double>(group.params.non_embedding);
  EXPECT_NEAR(static_cast<double>(group.runs[0].tokens), 50 * n, 128);
  EXPECT_DOUBLE_EQ(group.runs[0].flops,
                   6.0 * n * static_cast<double>(group.runs[0].tokens));
}

TEST(MakePlan, GivesEachDItsOwnGroupUnderACosine) {
  const Json json = TinySweepWith("/training/schedule/kind", "cosine");
  const Plan plan = PlanOf(json);
  ASSERT_THAT(plan.groups, SizeIs(18));
  std::set<std::string> ids;
  for (const RunGroup& group : plan.groups) {
    ASSERT_THAT(group.runs, SizeIs(1));
    EXPECT_EQ(group.runs[0].branch_step, 0);
    ids.insert(group.id);
  }
  EXPECT_THAT(ids, SizeIs(18));
}

TEST(MakePlan, RepeatsTheGridForEveryVariant) {
  Json json = TinySweep();
  json["vary"]["model.position"] = {"rotary", "none"};
  const Plan plan = PlanOf(json);
  ASSERT_THAT(plan.groups, SizeIs(12));
  EXPECT_EQ(plan.groups[0].variant["model.position"], "rotary");
  EXPECT_EQ(plan.groups[6].variant["model.position"], "none");
}

TEST(MakePlan, TrainsOnceWhatIsTheSameUnderTwoSettings) {
  Json json = TinySweepWith("/model/position", "none");
  json["vary"]["model.rotary_base"] = {100, 10000};
  const Plan plan = PlanOf(json);
  EXPECT_THAT(plan.groups, SizeIs(6));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("6 groups are the same under "
                                             "several settings")));
}

TEST(MakePlan, ListsWhatItLeavesOutOncePerSize) {
  const Plan plan = PlanOf(TinySweepWith("/grid/tokens_range", {30e3, 1e6}));
  ASSERT_THAT(plan.left_out, SizeIs(3));
  EXPECT_EQ(plan.left_out[0].size, "d8 L1");
  EXPECT_EQ(plan.left_out[0].reason, "D 25.6k below tokens_range[0] 30.0k");
}

TEST(MakePlan, DropsASizeWithoutAnyCell) {
  const Plan plan =
      PlanOf(TinySweepWith("/grid/tokens_per_param_range", {1, 20}));
  EXPECT_THAT(plan.groups, Not(IsEmpty()));
  for (const RunGroup& group : plan.groups) EXPECT_NE(group.shape.d_model, 8);
}

TEST(MakePlan, TrainsInFp32WhatADeviceHasNoBf16For) {
  const SweepSpec spec = Parse(TinySweepWith("/training/precision", "bf16"));
  const Plan somewhere = MakePlan(spec);
  EXPECT_EQ(somewhere.bf16_products, Bf16Products::kEverywhere);
  EXPECT_THAT(somewhere.notes, Not(Contains(HasSubstr("bf16"))));
  const Plan here = MakePlan(spec, {.bf16 = Bf16Products::kNowhere});
  EXPECT_EQ(here.bf16_products, Bf16Products::kNowhere);
  EXPECT_THAT(here.notes,
              Contains(HasSubstr("transformer d8 L1 trains in fp32")));
  for (std::size_t i = 0; i < here.groups.size(); ++i) {
    EXPECT_EQ(somewhere.groups[i].training.precision, Precision::kBf16);
    EXPECT_EQ(here.groups[i].training.precision, Precision::kFp32);
    EXPECT_NE(here.groups[i].id, somewhere.groups[i].id);
  }
}

TEST(MakePlan, HasBf16OnACpuOnlyForWhatIsTrainedByHand) {
  Json json = TinySweepWith("/training/precision", "bf16");
  json["model"] = {{"architecture", "lstm"}, {"context", 32}, {"layers", 1}};
  json["grid"]["sizes"] = {{{"d_model", 8}}};
  const Plan plan = MakePlan(Parse(json), {.bf16 = Bf16Products::kByHand});
  EXPECT_EQ(plan.groups[0].training.precision, Precision::kFp32);
  EXPECT_THAT(plan.notes, Contains(HasSubstr("lstm d8 L1 trains in fp32")));
  EXPECT_EQ(MakePlan(Parse(json)).groups[0].training.precision,
            Precision::kBf16);
}

TEST(MakePlan, TakesAutoForFp32WhereThereIsNoBf16) {
  const SweepSpec spec = Parse(TinySweepWith("/training/precision", "auto"));
  const Plan plan = MakePlan(
      spec, {.of_auto = Precision::kBf16, .bf16 = Bf16Products::kNowhere});
  EXPECT_EQ(plan.groups[0].training.precision, Precision::kFp32);
  EXPECT_THAT(plan.notes, Not(Contains(HasSubstr("bf16"))));
  EXPECT_EQ(MakePlan(spec, {.of_auto = Precision::kBf16})
                .groups[0]
                .training.precision,
            Precision::kBf16);
}

TEST(MakePlan, KnowsTheEntropyRateOfALexicon) {
  const Plan plan = PlanOf(TinySweep());
  ASSERT_TRUE(plan.data.optimum.expected.has_value());
  EXPECT_GT(*plan.data.optimum.expected, 0.0);
  EXPECT_EQ(plan.groups[0].data_fingerprint, plan.data.fingerprint);
}

TEST(MakePlan, NotesHowAParameterCountBecameAShape) {
  Json json = TinySweep();
  json["grid"]["sizes"] = Json::parse(R"([{"params_total": 20e3}])");
  EXPECT_THAT(PlanOf(json).groups[0].shape_note,
              HasSubstr("params_total 20.0k asked: d_model"));
}

TEST(MakePlan, RefusesRunsTooShortForWarmupAndCooldown) {
  const Json json = TinySweepWith("/training/schedule/warmup_steps", 81);
  EXPECT_ERROR(PlanOf(json),
               "a.json: training.schedule: 6 of 18 runs are too short: "
               "d8-l1-D25.6k-s0 has 100 steps, but the warm-up takes 81 "
               "and the cooldown 20. Leave short runs out with "
               "\"tokens_range\": [25856, 102400] under \"grid\", or lower "
               "training.schedule.warmup_steps or training.batch_tokens");
  EXPECT_NO_THROW(PlanOf(TinySweepWith("/training/schedule/warmup_steps", 80)));
}

TEST(MakePlan, TellsATokensRangeThatLeavesOutRunsTooShort) {
  Json json = TinySweepWith("/training/schedule/warmup_steps", 81);
  json["grid"]["tokens_range"] = {25856, 102400};
  EXPECT_NO_THROW(PlanOf(json));
  json = TinySweepWith("/training/schedule/warmup_steps", 1000);
  EXPECT_ERROR(PlanOf(json), "and the cooldown 20. Lower training.schedule");
}

TEST(MakePlan, RefusesACosineThatIsAllWarmup) {
  Json json = TinySweepWith("/training/schedule/warmup_steps", 100);
  json["training"]["schedule"]["kind"] = "cosine";
  EXPECT_ERROR(PlanOf(json),
               "d8-l1-D25.6k-s0 has 100 steps, but the warm-up takes 100, and "
               "the cosine behind it needs one more. Leave short runs out with "
               "\"tokens_range\": [25856, 102400]");
  json["training"]["schedule"]["warmup_steps"] = 99;
  EXPECT_NO_THROW(PlanOf(json));
}

TEST(MakePlan, RefusesAGridOfWhichNothingIsLeft) {
  EXPECT_ERROR(PlanOf(TinySweepWith("/grid/tokens_range", {1e6, 2e6})),
               "a.json: grid: nothing is left to train: all 9 cells are left "
               "out, the first, d8 L1, because of its D 25.6k below "
               "tokens_range[0]");
}

Json TextSweep(const TempDir& dir, int kilobytes) {
  std::string text;
  while (text.size() < static_cast<std::size_t>(kilobytes) * 1000) {
    text += "line " + std::to_string(text.size()) + "\n";
  }
  Json json = TinySweep();
  json["data"] = {{"kind", "text"},
                  {"paths", {dir.Write("a.txt", text).string()}},
                  {"eval_tokens", 1024}};
  return json;
}

TEST(MakePlan, RefusesMoreTokensThanThereAreWithTheNumbers) {
  const TempDir dir;
  EXPECT_ERROR(PlanOf(TextSweep(dir, 80)),
               "a.json: data.max_epochs: is 1, but the run d8-l1-D102k-s0 "
               "needs 102400 training tokens");
}

TEST(MakePlan, RecordsTheEpochsThatWereAllowed) {
  const TempDir dir;
  Json json = TextSweep(dir, 80);
  json["data"]["max_epochs"] = 2;
  const Plan plan = PlanOf(json);
  EXPECT_GT(plan.groups[0].runs[2].epochs, 1.0);
  EXPECT_LT(plan.groups[0].runs[2].epochs, 2.0);
}

TEST(MakePlan, RefusesDataThatAreNotThere) {
  Json json = TinySweep();
  json["data"] = {{"kind", "text"}, {"paths", {"/nowhere/at-all"}}};
  EXPECT_ERROR(PlanOf(json),
               "a.json: data.paths: /nowhere/at-all: no such file");
}

TEST(MakePlan, NamesTheSweepFileInEveryLineAboutItsData) {
  Json json = TinySweep();
  json["data"] = {{"kind", "text"}, {"paths", {"/nowhere/a", "/nowhere/b"}}};
  EXPECT_ERROR(PlanOf(json), "\na.json: data.paths: /nowhere/b: no such file");
}

TEST(MakePlan, NamesTheSweepFileWhenTheEvaluationSetIsTooLarge) {
  const TempDir dir;
  Json json = TextSweep(dir, 80);
  json["data"]["eval_tokens"] = 1 << 20;
  EXPECT_ERROR(PlanOf(json), "a.json: data.eval_tokens: the evaluation set");
}

}  // namespace
}  // namespace isoflop
