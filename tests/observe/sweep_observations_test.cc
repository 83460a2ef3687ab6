#include "analysis/observe/sweep_observations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"
#include "tests/support/repeated_tokens.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A result with status ok for every run of the plan.
std::vector<RunResult> AllOk(const Plan& plan) {
  std::vector<RunResult> results;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      results.push_back(ResultFor(group, run));
      results.back().loss = 3.0 - 0.1 * static_cast<double>(results.size());
      results.back().loss_std_error = 0.01;
    }
  }
  return results;
}

TEST(SweepObservations, TakesLossTokensAndFlopsFromTheRecord) {
  const TinySweep sweep;
  const auto results = AllOk(sweep.plan);
  const ObservationSet set = SweepObservations(sweep.plan, results);
  ASSERT_EQ(set.rows.size(), results.size());
  EXPECT_EQ(set.rows[1].L, 2.8);
  EXPECT_EQ(set.rows[1].loss_std, 0.01);
  EXPECT_EQ(set.rows[1].D, static_cast<double>(results[1].tokens));
  EXPECT_EQ(set.rows[1].C, results[1].flops);
  EXPECT_EQ(set.rows[1].seed, 0);
  EXPECT_THAT(set.notes, IsEmpty());
}

TEST(SweepObservations, KnowHowManyTokensWereDifferent) {
  const TempDir dir;
  const TinySweep repeated(RepeatedTokensFile(dir));
  for (const Observation& row :
       SweepObservations(repeated.plan, AllOk(repeated.plan)).rows) {
    EXPECT_EQ(row.unique_tokens, 296.0 * 16.0);
  }
  const TinySweep endless;
  for (const Observation& row :
       SweepObservations(endless.plan, AllOk(endless.plan)).rows) {
    EXPECT_FALSE(row.unique_tokens.has_value());
  }
}

TEST(SweepObservations, TurnLossesIntoBitsPerByteWhereThatIsWanted) {
  const TinySweep sweep;
  auto results = AllOk(sweep.plan);
  for (RunResult& result : results) result.bytes_per_token = 4.0;
  const ObservationSet set = SweepObservations(
      sweep.plan, results, Json::object(), {.in_bits_per_byte = true});
  EXPECT_EQ(set.loss_unit, LossUnit::kBitsPerByte);
  EXPECT_DOUBLE_EQ(set.rows[1].L, 2.8 / (4.0 * std::log(2.0)));
  EXPECT_DOUBLE_EQ(*set.rows[1].loss_std, 0.01 / (4.0 * std::log(2.0)));
  EXPECT_EQ(SweepObservations(sweep.plan, results).rows[1].L, 2.8);
}

TEST(SweepObservations, InBitsPerByteNeedTheBytesOfEveryRunsToken) {
  const TinySweep sweep;
  auto results = AllOk(sweep.plan);
  results.front().bytes_per_token = 4.0;
  EXPECT_ERROR(SweepObservations(sweep.plan, results, Json::object(),
                                 {.in_bits_per_byte = true}),
               "how many bytes of text a token stands for is not known");
}

TEST(SweepObservations, OfSquaredErrorsAreOfNoText) {
  const TinySweep sweep;
  auto results = AllOk(sweep.plan);
  for (RunResult& result : results) result.loss_unit = LossUnit::kSquaredError;
  EXPECT_ERROR(SweepObservations(sweep.plan, results, Json::object(),
                                 {.in_bits_per_byte = true}),
               "squared errors are of no text");
}

TEST(SweepObservations, CIsSixND) {
  const TinySweep sweep;
  const ObservationSet set = SweepObservations(sweep.plan, AllOk(sweep.plan));
  EXPECT_EQ(set.flops, FlopsKind::kSixND);
  for (const Observation& row : set.rows) {
    EXPECT_DOUBLE_EQ(row.C, SixND(row.N, row.D));
  }
}

TEST(SweepObservations, PutsTheBranchesOfATrunkIntoOneGroup) {
  const TinySweep sweep;
  const ObservationSet set = SweepObservations(sweep.plan, AllOk(sweep.plan));
  ASSERT_EQ(set.rows.size(), 4U);
  EXPECT_EQ(set.rows[0].group, set.rows[1].group);
  EXPECT_NE(set.rows[1].group, set.rows[2].group);
}

TEST(SweepObservations, KeepsTheBudgetThatWasAskedFor) {
  Json file = TinySweepFile();
  file["grid"].erase("tokens");
  file["grid"]["budgets_flops"] = {2e8};
  const TinySweep sweep(file);
  const ObservationSet set = SweepObservations(sweep.plan, AllOk(sweep.plan));
  EXPECT_EQ(set.rows[0].budget_flops, 2e8);
}

TEST(SweepObservations, CountsNByThePlansConvention) {
  Json file = TinySweepFile();
  const TinySweep total(file);
  file["grid"]["params"] = "non_embedding";
  const TinySweep non_embedding(file);
  const ObservationSet by_total =
      SweepObservations(total.plan, AllOk(total.plan));
  EXPECT_EQ(by_total.params, ParamsKind::kTotal);
  EXPECT_EQ(by_total.rows[0].N, by_total.rows[0].params_total);
  const ObservationSet by_non_embedding =
      SweepObservations(non_embedding.plan, AllOk(non_embedding.plan));
  EXPECT_EQ(by_non_embedding.params, ParamsKind::kNonEmbedding);
  EXPECT_EQ(by_non_embedding.rows[0].N,
            by_non_embedding.rows[0].params_non_embedding);
}

TEST(SweepObservations, CanBeCountedOtherwise) {
  const TinySweep sweep;
  const ObservationSet set =
      WithParams(SweepObservations(sweep.plan, AllOk(sweep.plan)),
                 ParamsKind::kNonEmbedding);
  EXPECT_EQ(set.params, ParamsKind::kNonEmbedding);
  EXPECT_EQ(set.rows[0].N, set.rows[0].params_non_embedding);
  EXPECT_DOUBLE_EQ(set.rows[0].C, SixND(set.rows[0].N, set.rows[0].D));
}

TEST(SweepObservations, LeavesOutWhatDidNotEndWellAndSaysSo) {
  const TinySweep sweep;
  auto results = AllOk(sweep.plan);
  results[0].status = RunStatus::kDiverged;
  results[1].status = RunStatus::kFailed;
  results.pop_back();
  const ObservationSet set = SweepObservations(sweep.plan, results);
  EXPECT_EQ(set.rows.size(), 1U);
  EXPECT_THAT(set.notes,
              ElementsAre("1 run diverged and is left out",
                          "1 run failed and is left out",
                          "1 run has no result yet and is left out"));
}

TEST(SweepObservations, CountsSeveralRunsInThePlural) {
  const TinySweep sweep;
  const ObservationSet set = SweepObservations(sweep.plan, {});
  EXPECT_THAT(set.rows, IsEmpty());
  EXPECT_THAT(set.notes,
              ElementsAre("4 runs have no result yet and are left out"));
}

Json VariedFile(Json own_position) {
  Json file = TinySweepFile();
  file["vary"] = {{"model.position", {"rotary", "none"}}};
  if (!own_position.is_null()) {
    file["model"]["position"] = std::move(own_position);
  }
  return file;
}

TEST(SweepObservations, TakesTheVariantThatTheSweepItselfDescribes) {
  const Json file = VariedFile("none");
  const TinySweep sweep(file);
  const ObservationSet set =
      SweepObservations(sweep.plan, AllOk(sweep.plan), file);
  EXPECT_EQ(set.rows.size(), 4U);
  EXPECT_EQ(set.rows.front().L, 2.5);  // the fifth of eight results
  EXPECT_THAT(set.warnings,
              ElementsAre("the sweep trained 2 variants: only the one with "
                          "model.position = none is fitted, and the 4 runs of "
                          "the others are left out; --where chooses others"));
}

TEST(SweepObservations, TakesTheFirstVariantWhereTheSweepDescribesNone) {
  const Json file = VariedFile(nullptr);
  const TinySweep sweep(file);
  const ObservationSet set =
      SweepObservations(sweep.plan, AllOk(sweep.plan), file);
  EXPECT_EQ(set.rows.size(), 4U);
  EXPECT_EQ(set.rows.front().L, 2.9);
  EXPECT_EQ(BaseVariant(sweep.plan, file),
            Json({{"model.position", "rotary"}}));
}

VariantChoice Where(const std::string& condition) {
  return {.where = {ParseRowCondition(condition)}};
}

TEST(SweepObservations, TakesTheVariantThatIsAskedFor) {
  const Json file = VariedFile("rotary");
  const TinySweep sweep(file);
  const ObservationSet set = SweepObservations(
      sweep.plan, AllOk(sweep.plan), file, Where("model.position=none"));
  EXPECT_EQ(set.rows.size(), 4U);
  EXPECT_EQ(set.rows.front().L, 2.5);
  EXPECT_THAT(set.warnings, IsEmpty());
  EXPECT_THAT(set.notes, ElementsAre("runs with model.position=none only"));
}

TEST(SweepObservations, TakesTheOwnVariantOfWhatAConditionLeavesOpen) {
  Json file = VariedFile("none");
  file["vary"]["training.peak_lr"] = {0.001, 0.002};
  file["training"]["peak_lr"] = 0.002;
  const TinySweep sweep(file);
  const ObservationSet set = SweepObservations(
      sweep.plan, AllOk(sweep.plan), file, Where("model.position=rotary"));
  EXPECT_EQ(set.rows.size(), 4U);
  EXPECT_EQ(set.rows.front().L, 2.5) << "rotary at .002";
}

TEST(SweepObservations, TakesTheBestOfAnAxisAtEachPlace) {
  Json file = TinySweepFile();
  file["vary"] = {{"training.peak_lr", {0.001, 0.002}}};
  const TinySweep sweep(file);
  const ObservationSet set = SweepObservations(
      sweep.plan, AllOk(sweep.plan), file, {.best_of = {"training.peak_lr"}});
  EXPECT_EQ(set.rows.size(), 4U);
  EXPECT_EQ(set.rows.front().L, 2.5) << "the second rate, made the better one";
}

TEST(SweepObservations, TakeAVariantThatHasRunsWhereTheOwnOneHasNone) {
  const Json file = VariedFile("rotary");
  const TinySweep sweep(file);
  auto results = AllOk(sweep.plan);
  for (int i = 0; i < 4; ++i) results[i].status = RunStatus::kDiverged;
  const ObservationSet set = SweepObservations(sweep.plan, results, file);
  EXPECT_EQ(set.rows.size(), 4U);
  EXPECT_THAT(set.warnings,
              Contains(HasSubstr("no run of the sweep's own variant, with "
                                 "model.position = rotary, has ended well")));
}

TEST(SweepObservations, RefusesConditionsThatNoVariantMeets) {
  const Json file = VariedFile("rotary");
  const TinySweep sweep(file);
  const auto observe = [&](const VariantChoice& choice) {
    SweepObservations(sweep.plan, AllOk(sweep.plan), file, choice);
  };
  EXPECT_ERROR(observe(Where("model.position=learned")),
               "no variant of tiny meets model.position=learned");
  EXPECT_ERROR(observe(Where("position=none")),
               "the sweep does not vary 'position'");
  EXPECT_ERROR(observe({.best_of = {"training.peak_lr"}}),
               "--best-of: the sweep does not vary 'training.peak_lr'; it "
               "varies model.position");
}

TEST(SweepObservations, CountsTheLearningRatesOfTheWholeSweep) {
  Json file = TinySweepFile();
  const auto rates = [&] {
    return *SweepObservations(TinySweep(file).plan, {}).learning_rates;
  };
  EXPECT_EQ(rates().at_smallest, 1);
  EXPECT_EQ(rates().at_largest, 1);
  file["vary"] = {{"training.peak_lr", {0.001, 0.002, 0.004}}};
  EXPECT_EQ(rates().at_smallest, 3);
  EXPECT_EQ(rates().at_largest, 3);
  EXPECT_GE(rates().in_all, 3);
}

TEST(SweepObservations, WarnsOfNothingWhereNothingVaries) {
  const TinySweep sweep;
  EXPECT_THAT(SweepObservations(sweep.plan, AllOk(sweep.plan)).warnings,
              IsEmpty());
}

TEST(Tally, CountsHowRunsEnded) {
  const TinySweep sweep;
  auto results = AllOk(sweep.plan);
  results[0].status = RunStatus::kDiverged;
  results.pop_back();
  const RunTally tally = Tally(sweep.plan, results);
  EXPECT_EQ(tally.planned, 4);
  EXPECT_EQ(tally.ok, 2);
  EXPECT_EQ(tally.diverged, 1);
  EXPECT_EQ(tally.failed, 0);
  EXPECT_EQ(tally.pending(), 1);
}

}  // namespace
}  // namespace isoflop
