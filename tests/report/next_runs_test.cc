#include "analysis/report/next_runs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/report/next_report.h"
#include "lib/core/random.h"
#include "lib/sweep/plan.h"
#include "tests/report/sample_report.h"
#include "tests/report/sample_sweep.h"
#include "tests/support/expect_error.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// With the runs of ten sizes, which share 70 % of their noise.
StoredFit FitWithRuns() {
  StoredFit fit = SampleStored();
  RandomStream random(5);
  for (int size = 0; size < 10; ++size) {
    const double N = 4.2e3 * std::pow(1.5, size);
    const double of_trunk = 0.0027 * random.Normal();
    for (int length = 0; length < 5; ++length) {
      fit.runs.push_back({N, 2e5 * std::pow(2.0, length),
                          of_trunk + 0.0018 * random.Normal(),
                          fmt::format("d{}", size)});
    }
  }
  return fit;
}

NextRuns Choose(const NextQuestion& question) {
  return ChooseNextRuns(FitWithRuns(), question, nullptr);
}

TEST(NextRuns, AreForTenTimesTheLargestRunUnlessAskedOtherwise) {
  const NextRuns next = Choose({.budget_flops = 2e12});
  EXPECT_DOUBLE_EQ(next.target_flops, 9.28e12);
  EXPECT_NEAR(*next.extrapolation_decades, 1.0, 1e-9);
  EXPECT_EQ(Choose({.budget_flops = 2e12, .target_flops = 1e15}).target_flops,
            1e15);
}

TEST(NextRuns, SpendTheBudgetAndShrinkTheUncertainty) {
  for (const DesignObjective objective :
       {DesignObjective::kParamsOpt, DesignObjective::kLoss}) {
    const NextRuns next =
        Choose({.budget_flops = 2e12, .objective = objective});
    ASSERT_FALSE(next.runs.empty());
    EXPECT_LE(next.runs.back().design.total_flops, 2e12 * (1.0 + 1e-12));
    EXPECT_LT(next.sd_after, next.sd_before);
    EXPECT_FALSE(next.sweep.has_value());
    EXPECT_NEAR(next.trunk_share, 0.7, 0.2);
    for (const NextRun& run : next.runs) {
      EXPECT_NEAR(run.design.flops, next.seeds * 6.0 * run.N * run.D,
                  1e-6 * 2e12);
    }
  }
}

TEST(NextRuns, TakeTheNoiseOfSeedsWhereItIsKnown) {
  StoredFit fit = FitWithRuns();
  const NextQuestion question{.budget_flops = 2e12};
  const NextRuns by_residuals = ChooseNextRuns(fit, question, nullptr);
  EXPECT_EQ(by_residuals.noise, NoiseSource::kResiduals);
  EXPECT_DOUBLE_EQ(by_residuals.runs[0].loss_std,
                   0.00331 * by_residuals.runs[0].loss);
  fit.loss_std = 0.02;
  const NextRuns by_seeds = ChooseNextRuns(fit, question, nullptr);
  EXPECT_EQ(by_seeds.noise, NoiseSource::kSeedNoise);
  EXPECT_EQ(by_seeds.runs[0].loss_std, 0.02);
}

TEST(NextRuns, RefuseAFitThatLacksWhatTheyNeed) {
  const NextQuestion question{.budget_flops = 2e12};
  const auto refused = [&](auto spoil) {
    StoredFit fit = FitWithRuns();
    spoil(&fit);
    return [fit, question] { return ChooseNextRuns(fit, question, nullptr); };
  };
  EXPECT_ERROR(refused([](StoredFit* fit) { fit->draws.resize(1); })(),
               "fit again with --bootstrap 1000");
  EXPECT_ERROR(refused([](StoredFit* fit) { fit->reach.reset(); })(),
               "does not say where the runs are");
  EXPECT_ERROR(refused([](StoredFit* fit) { fit->runs.clear(); })(),
               "diagnostics.residuals: does not list the runs");
  EXPECT_ERROR(refused([](StoredFit* fit) { fit->rms_log_residual.reset(); })(),
               "how noisy a run will be is not known");
  EXPECT_ERROR(refused([](StoredFit* fit) { fit->largest_flops.reset(); })(),
               "--target-flops: is required");
  EXPECT_ERROR(
      refused([](StoredFit* fit) { fit->draws.assign(5, fit->law); })(),
      "are all the same");
}

TEST(NextRuns, RefuseABudgetThatPaysForNothing) {
  EXPECT_ERROR(Choose({.budget_flops = 1e9}),
               "--flops-budget: 1000000000 is too little for any of the ");
}

TEST(NextRuns, SayWhatOfATableCannotBeChecked) {
  const NextRuns next = Choose({.budget_flops = 2e12});
  EXPECT_THAT(next.unchecked, ElementsAre("steps", "data", "memory"));
  EXPECT_THAT(NextText(next), HasSubstr("not checked, so look at `isoflop "
                                        "plan`: steps, data, memory"));
  EXPECT_GT(next.left_out.at(Objection::kRatio), 0);
  EXPECT_GT(next.left_out.at(Objection::kBudget), 0);
}

TEST(NextRuns, AreNoneThatHaveFewSteps) {
  Json file = SampleSweepFile();
  file["training"]["batch_tokens"] = 2048;
  const BaseSweep base(ParseSweep(file, "sweep.json"));
  const NextRuns next =
      ChooseNextRuns(FitWithRuns(), {.budget_flops = 2e12}, &base);
  ASSERT_TRUE(next.sweep.has_value());
  EXPECT_GT(next.left_out.at(Objection::kSteps), 0);
  EXPECT_THAT(NextText(next), HasSubstr("runs of fewer than\n  500 steps"));
  const Plan plan = MakePlan(ParseSweep(*next.sweep, "next.json"));
  EXPECT_THAT(plan.notes, Not(Contains(HasSubstr("steps"))));
}

TEST(NextRuns, PromiseNothingWhereRunsOfTheFitHadFewSteps) {
  Json file = SampleSweepFile();
  const auto choose = [&file](int batch_tokens) {
    file["training"]["batch_tokens"] = batch_tokens;
    const BaseSweep base(ParseSweep(file, "sweep.json"));
    return ChooseNextRuns(FitWithRuns(), {.budget_flops = 2e12}, &base);
  };
  const NextRuns promised = choose(256);
  EXPECT_EQ(promised.short_runs, 0U);
  EXPECT_THAT(NextText(promised), Not(HasSubstr("not known")));
  const NextRuns biased = choose(1024);  // the shortest have 195 steps, or 390
  EXPECT_EQ(biased.short_runs, 20U);
  EXPECT_THAT(NextText(biased, 200),
              HasSubstr("not known, since 20 of the runs"));
  EXPECT_EQ(NextJson(FitWithRuns(), biased)["short_runs"], 20);
}

TEST(NextRuns, SayWhatWouldMendItWhereNoRunIsSound) {
  Json file = SampleSweepFile();
  file["training"]["batch_tokens"] = 64 * 4096;
  const BaseSweep base(ParseSweep(file, "sweep.json"));
  EXPECT_ERROR(ChooseNextRuns(FitWithRuns(), {.budget_flops = 2e12}, &base),
               "fewer than 500 steps, or than the schedule takes; give --sweep "
               "a file with a smaller training.batch_tokens");
}

TEST(NextQuestions, AreRefusedOutOfRange) {
  EXPECT_ERROR(Validate(NextQuestion{}), "--flops-budget: must be above 0");
  EXPECT_ERROR(Validate({.budget_flops = std::nan("")}), "--flops-budget");
  EXPECT_ERROR(Validate({.budget_flops = 1e41}), "at most 1e40, got 1e+41");
  EXPECT_ERROR(Validate({.budget_flops = 1.0, .target_flops = -1.0}),
               "--target-flops: must be above 0");
}

TEST(NextReport, KeepsToItsSchema) {
  const StoredFit fit = FitWithRuns();
  const NextRuns next = Choose({.budget_flops = 2e12});
  const Json json = NextJson(fit, next);
  EXPECT_EQ(SchemaProblem(json, "next"), "");
  EXPECT_EQ(json["runs"].size(), next.runs.size());
  EXPECT_EQ(json["noise"], "residuals");
  Json bad = json;
  bad["runs"][0]["flops"] = -1.0;
  EXPECT_EQ(SchemaProblem(bad, "next").rfind("#/runs/0/flops: minimum", 0), 0U);
}

TEST(NextReport, SaysWhatIsKnownBeforeAndAfter) {
  const std::string text = NextText(Choose({.budget_flops = 2e12}));
  EXPECT_THAT(text, HasSubstr("Runs to train next, for ln N* at C = 9.28e12, "
                              "1.00 decades beyond the data"));
  EXPECT_THAT(text, HasSubstr("  sd now: "));
  EXPECT_THAT(text, HasSubstr("(a factor of "));
  EXPECT_THAT(text, HasSubstr("C in all"));
}

}  // namespace
}  // namespace isoflop
