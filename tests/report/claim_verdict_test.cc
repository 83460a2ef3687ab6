#include "analysis/report/claim_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/report/experiment_report.h"
#include "tests/support/expect_error.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

/// Of one size.
struct Run {
  std::int64_t d_model = 8;
  double loss = 0.0;
  Json probes = {};
};

RunGroup GroupOf(const Run& run) {
  RunGroup group;
  group.shape.d_model = run.d_model;
  group.shape.layers = 2;
  group.training.batch_tokens = 1024;
  group.variant = {{"model.position", run.d_model == 8 ? "none" : "rotary"}};
  group.runs.resize(1);
  group.runs[0].id = "d" + std::to_string(run.d_model);
  group.runs[0].tokens = 10240;
  return group;
}

RunResult ResultOf(const Run& run) {
  RunResult result;
  result.id = GroupOf(run).runs[0].id;
  result.loss = run.loss;
  result.probes = run.probes;
  return result;
}

const std::vector<Run>& TwoRuns() {
  static const std::vector<Run> runs = {
      {8,
       2.0,
       {{"curve",
         {{"loss", {1.0, 2.0, 3.0}},
          {"best", {1.0, 1.0, 2.0}},
          {"floor", {0.0, 1.0, 1.0}}}}}},
      {16, 1.0, {{"curve", {{"loss", {4.0, 5.0}}}}}}};
  return runs;
}

const Plan& TwoPlanned() {
  static const Plan plan = [] {
    Plan both;
    for (const Run& run : TwoRuns()) both.groups.push_back(GroupOf(run));
    return both;
  }();
  return plan;
}

std::vector<RunResult> TwoResults() {
  return {ResultOf(TwoRuns()[0]), ResultOf(TwoRuns()[1])};
}

ExpectationOutcome Judged(const Expectation& expectation) {
  return JudgeClaim({.text = "It does.", .expectations = {expectation}},
                    TwoPlanned(), TwoResults())
      .outcomes.front();
}

TEST(Claim, LooksAtEveryRunThatIsMeant) {
  const auto all = Judged({.that = "all", .value = "loss", .at_most = 2.0});
  EXPECT_EQ(all.values, 2U);
  EXPECT_EQ(all.least, 1.0);
  EXPECT_EQ(all.most, 2.0);
  EXPECT_TRUE(all.held);
  const Expectation one = {
      .that = "one", .of = {{"d_model", 16}}, .value = "loss", .at_least = 1.5};
  EXPECT_EQ(Judged(one).values, 1U);
  EXPECT_FALSE(Judged(one).held);
}

TEST(Claim, KnowsRunsBySizeLengthSeedAndAxis) {
  const auto runs = [](const Json& of) {
    return Judged({.that = "it", .of = of, .value = "loss", .at_most = 9.0})
        .planned;
  };
  EXPECT_EQ(runs({{"layers", 2}}), 2U);
  EXPECT_EQ(runs({{"layers", 3}}), 0U);
  EXPECT_EQ(runs({{"seed", 0}}), 2U);
  EXPECT_EQ(runs({{"seed", 1}}), 0U);
  EXPECT_EQ(runs({{"model.position", "none"}}), 1U);
  // D is rounded to batches.
  EXPECT_EQ(runs({{"tokens", 10000}}), 2U);
  EXPECT_EQ(runs({{"tokens", 9216}}), 0U);
}

TEST(Claim, LooksAtEveryElementOfACurve) {
  const Expectation all = {.that = "all",
                           .of = {{"d_model", 8}},
                           .value = "probes.curve.loss",
                           .at_most = 2.5};
  EXPECT_EQ(Judged(all).values, 3U);
  EXPECT_FALSE(Judged(all).held);
  Expectation last = all;
  last.value = "probes.curve.loss[-1]";
  EXPECT_EQ(Judged(last).least, 3.0);
  last.value = "probes.curve.loss[0]";
  EXPECT_EQ(Judged(last).least, 1.0);
  last.value = "probes.curve.loss[3]";
  EXPECT_EQ(Judged(last).values, 0U);
}

TEST(Claim, DividesElementByElement) {
  Expectation ratio = {.that = "ratio",
                       .of = {{"d_model", 8}},
                       .value = "probes.curve.loss",
                       .relative_to = "probes.curve.best",
                       .at_most = 2.0};
  EXPECT_EQ(Judged(ratio).least, 1.0);
  EXPECT_EQ(Judged(ratio).most, 2.0);
  EXPECT_TRUE(Judged(ratio).held);
  ratio.relative_to = "loss";  // one for all
  EXPECT_EQ(Judged(ratio).most, 1.5);
  ratio.relative_to = "probes.curve.floor";  // begins with 0
  EXPECT_EQ(Judged(ratio).values, 2U);
  ratio.value = "loss";  // one, and three to divide by
  EXPECT_EQ(Judged(ratio).values, 0U);
}

TEST(Claim, DoesNotHoldWhereNothingIsSeen) {
  for (const char* value :
       {"probes.metrics.brier.mean", "probes", "loss.mean", "nothing", "",
        "probes.curve.loss[", "probes.curve.loss[x]", "loss[0]", "loss]",
        "probes.curve.loss[0]]", "probes.curve.loss[0]x"}) {
    const auto outcome =
        Judged({.that = "it", .value = value, .at_least = -1e9});
    EXPECT_EQ(outcome.values, 0U) << value;
    EXPECT_FALSE(outcome.held) << value;
  }
}

TEST(Claim, DoesNotHoldWhileRunsAreMissing) {
  std::vector<RunResult> results = TwoResults();
  results[0].status = RunStatus::kDiverged;
  const auto verdict = JudgeClaim(
      {.text = "It does.",
       .expectations = {{.that = "it", .value = "loss", .at_most = 1.0}}},
      TwoPlanned(), results);
  EXPECT_EQ(verdict.outcomes[0].planned, 2U);
  EXPECT_EQ(verdict.outcomes[0].runs, 1U);
  EXPECT_EQ(verdict.outcomes[0].most, 1.0);
  EXPECT_FALSE(verdict.held());
  EXPECT_THAT(ClaimText(verdict, 80), HasSubstr("1 in 1 of 2 runs"));
}

TEST(Claim, DoesNotHoldWhereARunHasNoSuchNumber) {
  const auto outcome =
      Judged({.that = "it", .value = "probes.curve.best[0]", .at_most = 9.0});
  EXPECT_EQ(outcome.values, 1U);
  EXPECT_FALSE(outcome.held);
}

TEST(Claim, ComparesARunWithAnother) {
  Expectation than = {.that = "none over rotary",
                      .of = {{"model.position", "none"}},
                      .value = "loss",
                      .against = Json{{"model.position", "rotary"}},
                      .at_most = 9.0};
  EXPECT_EQ(Judged(than).least, 2.0);
  EXPECT_EQ(Judged(than).planned, 1U);
  than.value = "probes.curve.floor[2]";
  than.relative_to = "probes.curve.loss[0]";
  EXPECT_EQ(Judged(than).least, 0.25);
  than.against = Json{{"model.position", "alibi"}};
  EXPECT_FALSE(Judged(than).held);
}

TEST(Claim, MayBeAboutTheMeanOfACurve) {
  const auto mean = Judged({.that = "it",
                            .of = {{"d_model", 8}},
                            .value = "probes.curve.loss[1:3]",
                            .relative_to = "probes.curve.best",
                            .mean = true,
                            .at_most = 9.0});
  EXPECT_EQ(mean.values, 1U);
  EXPECT_NEAR(mean.least, 2.5 / (4.0 / 3.0), 1e-12);
}

/// Two curves: where the loss passes 1.5 over D, at 100 and at 400.
std::vector<ExperimentFit> TwoCrossings() {
  ExperimentFit fit;
  fit.request = {.name = "learned",
                 .law = AnalysisLaw::kCrossing,
                 .value = "loss",
                 .over = "tokens"};
  for (const double x : {100.0, 400.0}) {
    CurveSeries series;
    series.of = {{"data.rules", x == 100.0 ? 4 : 8}, {"d_model", 8}};
    series.status = FitStatus::kOk;
    series.crossing = {.x = x, .before = x, .after = 2.0 * x};
    fit.series.push_back(series);
  }
  fit.series.push_back(
      {.of = {{"data.rules", 16}, {"d_model", 8}},
       .reason = "y never falls to the value at which it is to cross"});
  return {fit};
}

ExpectationOutcome JudgedCurves(const Expectation& expectation) {
  return JudgeClaim({.text = "It does.", .expectations = {expectation}},
                    TwoPlanned(), TwoResults(), TwoCrossings())
      .outcomes.front();
}

TEST(Claim, MayBeAboutWhatAnAnalysisGives) {
  Expectation one = {.that = "it",
                     .of = {{"data.rules", 4}},
                     .value = "analyses.learned.crossing.x",
                     .at_most = 100.0};
  EXPECT_TRUE(JudgedCurves(one).held);
  one.of = {{"data.rules", 16}};  // of which there is no crossing
  EXPECT_EQ(JudgedCurves(one).planned, 1U);
  EXPECT_FALSE(JudgedCurves(one).held);
  one.of = {{"data.rules", 5}};
  EXPECT_EQ(JudgedCurves(one).planned, 0U);
  EXPECT_FALSE(JudgedCurves(one).held);
  one.of = {{"data.rules", 4}, {"seed", 0}};  // seeds are points of a curve
  EXPECT_EQ(JudgedCurves(one).planned, 0U);
  one.value = "analyses.unknown.crossing.x";
  EXPECT_FALSE(JudgedCurves(one).held);
}

TEST(Claim, WaitsForTheRunsOfACurve) {
  auto crossings = TwoCrossings();
  crossings[0].series[0].missing = 1;
  const SweepClaim claim = {
      .text = "It does.",
      .expectations = {{.that = "it",
                        .of = {{"data.rules", 4}},
                        .value = "analyses.learned.crossing.x",
                        .at_most = 100.0}}};
  const auto verdict = JudgeClaim(claim, TwoPlanned(), {}, crossings);
  EXPECT_FALSE(verdict.held());
  EXPECT_THAT(ClaimText(verdict, 80), HasSubstr("no such number in the curve"));
}

TEST(Claim, MeetsTheLengthOfACurveToABatch) {
  CurveSeries series;
  series.of = {{"tokens", 999424}, {"layers", 2}};
  series.batch_tokens = 2048;
  EXPECT_TRUE(IsCurveOf(series, {{"tokens", 1000000}}));
  EXPECT_FALSE(IsCurveOf(series, {{"tokens", 1100000}}));
  EXPECT_FALSE(IsCurveOf(series, {{"layers", 3}}));
}

/// What is refused of a claim about a curve over N of two positions.
SweepSpec SpecOfCurves(const Expectation& expectation) {
  SweepSpec spec;
  spec.source = "a.json";
  spec.analyses = {{.name = "curve",
                    .law = AnalysisLaw::kPower,
                    .value = "loss",
                    .over = "params_total"}};
  spec.claim.expectations = {expectation};
  return spec;
}

TEST(Claim, IsRefusedWhereItIsAboutNoCurve) {
  Expectation expectation = {.that = "it",
                             .of = {{"model.position", "alibi"}},
                             .value = "analyses.curve.law.estimate.e",
                             .at_most = 1.0};
  EXPECT_ERROR(RequireMeantRuns(SpecOfCurves(expectation), TwoPlanned()),
               "a.json: expect[0].of: no curve of curve is like "
               "{\"model.position\":\"alibi\"}");
  expectation.of = {{"model.position", "none"}};
  EXPECT_NO_THROW(RequireMeantRuns(SpecOfCurves(expectation), TwoPlanned()));
  expectation.against = Json{{"model.position", "none"}};  // itself
  EXPECT_ERROR(RequireMeantRuns(SpecOfCurves(expectation), TwoPlanned()),
               "a.json: expect[0].against: no curve to compare with is like "
               "{\"model.position\":\"none\"}");
  expectation.against = Json{{"model.position", "rotary"}};
  EXPECT_NO_THROW(RequireMeantRuns(SpecOfCurves(expectation), TwoPlanned()));
}

TEST(Analysis, IsRefusedOverWhatIsNoNumber) {
  SweepSpec spec = SpecOfCurves(
      {.that = "it", .value = "analyses.curve.law.estimate.e", .at_most = 1.0});
  spec.analyses[0].over = "model.position";
  EXPECT_ERROR(RequireMeantRuns(spec, TwoPlanned()),
               "a.json: analyses[0].over: needs numbers above 0, and "
               "model.position is \"none\"");
}

TEST(Claim, ComparesOneCurveWithAnother) {
  const auto ratio = JudgedCurves({.that = "8 rules over 4",
                                   .of = {{"data.rules", 8}},
                                   .value = "analyses.learned.crossing.x",
                                   .against = Json{{"data.rules", 4}},
                                   .at_least = 4.0});
  EXPECT_EQ(ratio.least, 4.0);
  EXPECT_TRUE(ratio.held);
  const auto own =
      JudgedCurves({.that = "after over before",
                    .of = {{"data.rules", 8}},
                    .value = "analyses.learned.crossing.after",
                    .relative_to = "analyses.learned.crossing.before",
                    .at_least = 2.0});
  EXPECT_EQ(own.least, 2.0);
}

TEST(Claim, IsToldWithTheCurvesOfItsAnalyses) {
  Json json = ToJson(JudgeClaim({.text = "It does.", .expectations = {}},
                                TwoPlanned(), TwoResults()));
  json["experiments"] = ToJson(TwoCrossings());
  EXPECT_EQ(SchemaProblem(json, "claim"), "");
  TextPage page(80);
  AddExperiments(TwoCrossings(), &page);
  EXPECT_THAT(page.text(), HasSubstr("rules"));
  EXPECT_THAT(page.text(), HasSubstr("between"));
  EXPECT_THAT(
      page.text(),
      HasSubstr("rules 16: not supported by these runs: y never falls"));
}

TEST(Claim, IsRefusedWhereItIsAboutNoRun) {
  const SweepClaim claim = {.text = "It does.",
                            .expectations = {{.that = "one",
                                              .of = {{"d_model", 8}},
                                              .value = "loss",
                                              .at_most = 1.0},
                                             {.that = "none",
                                              .of = {{"d_model", 9}},
                                              .value = "loss",
                                              .at_most = 1.0}}};
  SweepSpec spec;
  spec.source = "a.json";
  spec.claim = claim;
  spec.analyses = {{.name = "it", .of = {{"layers", 9}}}};
  EXPECT_ERROR(RequireMeantRuns(spec, TwoPlanned()),
               "a.json: expect[1].of: no run of the sweep is like "
               "{\"d_model\":9}");
  EXPECT_ERROR(RequireMeantRuns(spec, TwoPlanned()),
               "a.json: analyses[0].of: no run of the sweep is like "
               "{\"layers\":9}");
}

TEST(Claim, IsRefusedWhereARunHasNoneToBeComparedWith) {
  SweepSpec spec;
  spec.source = "a.json";
  spec.claim.expectations = {{.that = "it",
                              .of = {{"d_model", 8}},
                              .value = "loss",
                              .against = Json{{"model.position", "alibi"}},
                              .at_most = 1.0}};
  EXPECT_ERROR(RequireMeantRuns(spec, TwoPlanned()),
               "a.json: expect[0].against: no run to compare d8 with is like "
               "{\"model.position\":\"alibi\"}");
}

TEST(ShippedClaims, AreAboutRunsThatThereAre) {
  int judged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(ISOFLOP_SOURCE_DIR) / "sweeps" / "theory")) {
    SCOPED_TRACE(entry.path().string());
    const SweepSpec spec = LoadSweep(entry.path());
    if (spec.variants.front().data.task->kind() == "text") continue;
    const Plan plan = MakePlan(spec);
    EXPECT_NO_THROW(RequireMeantRuns(spec, plan));
    // Without results nothing holds, and everything is looked for.
    const auto verdict = JudgeClaim(spec.claim, plan, {},
                                    FitExperiments(spec.analyses, plan, {}));
    for (const ExpectationOutcome& outcome : verdict.outcomes) {
      EXPECT_FALSE(outcome.held);
      EXPECT_GT(outcome.planned, 0U) << outcome.expected.that;
    }
    ++judged;
  }
  EXPECT_GE(judged, 15);
}

TEST(Claim, IsToldInWordsAndAsJson) {
  const SweepClaim claim = {
      .text = "It does.",
      .expectations = {{.that = "the loss", .value = "loss", .at_most = 3.0},
                       {.that = "a curve", .value = "curve", .at_least = 1.0},
                       {.that = "of none",
                        .of = {{"layers", 9}},
                        .value = "loss",
                        .at_least = 0.0,
                        .at_most = 1.0}}};
  const ClaimVerdict verdict = JudgeClaim(claim, TwoPlanned(), TwoResults());
  const std::string text = ClaimText(verdict, 80);
  EXPECT_THAT(text, HasSubstr("The claim did not hold: 1 of 3 expectations"));
  EXPECT_THAT(text, HasSubstr("the loss: 1 to 2; expected at most 3: held"));
  EXPECT_THAT(text, HasSubstr("no such number in any of 2 runs"));
  EXPECT_THAT(text, HasSubstr("no such number in any of 0 runs"));
  EXPECT_EQ(SchemaProblem(ToJson(verdict), "claim"), "");
  EXPECT_EQ(ToJson(verdict)["held"], false);
}

}  // namespace
}  // namespace isoflop
