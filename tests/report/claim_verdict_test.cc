#include "analysis/report/claim_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

RunResult ResultOf(std::int64_t d_model, double loss, const Json& probes) {
  RunResult result;
  result.id = "d-0";
  result.loss = loss;
  result.tokens = 10240;
  result.config = {{"model", {{"d_model", d_model}, {"layers", 2}}},
                   {"training", {{"batch_tokens", 1024}}}};
  result.variant = {{"model.position", d_model == 8 ? "none" : "rotary"}};
  result.probes = probes;
  return result;
}

const std::vector<RunResult>& TwoResults() {
  static const std::vector<RunResult> results = {
      ResultOf(8, 2.0,
               {{"curve",
                 {{"loss", {1.0, 2.0, 3.0}},
                  {"best", {1.0, 1.0, 2.0}},
                  {"floor", {0.0, 1.0, 1.0}}}}}),
      ResultOf(16, 1.0, {{"curve", {{"loss", {4.0, 5.0}}}}})};
  return results;
}

ExpectationOutcome Judged(const Expectation& expectation) {
  return JudgeClaim({.text = "It does.", .expectations = {expectation}},
                    TwoResults())
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
        .runs;
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
        "probes.curve.loss[", "probes.curve.loss[x]", "loss[0]"}) {
    const auto outcome =
        Judged({.that = "it", .value = value, .at_least = -1e9});
    EXPECT_EQ(outcome.values, 0U) << value;
    EXPECT_FALSE(outcome.held) << value;
  }
}

TEST(Claim, LeavesOutRunsThatDidNotEndWell) {
  std::vector<RunResult> results = TwoResults();
  results[0].status = RunStatus::kDiverged;
  const auto verdict = JudgeClaim(
      {.text = "It does.",
       .expectations = {{.that = "it", .value = "loss", .at_most = 1.0}}},
      results);
  EXPECT_EQ(verdict.outcomes[0].runs, 1U);
  EXPECT_TRUE(verdict.held());
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
  const ClaimVerdict verdict = JudgeClaim(claim, TwoResults());
  const std::string text = ClaimText(verdict, 80);
  EXPECT_THAT(text, HasSubstr("The claim did not hold: 1 of 3 expectations"));
  EXPECT_THAT(text, HasSubstr("the loss: 1 to 2; expected at most 3: held"));
  EXPECT_THAT(text, HasSubstr("the results have no such number"));
  EXPECT_THAT(text, HasSubstr("no such run ended ok"));
  EXPECT_EQ(SchemaProblem(ToJson(verdict), "claim"), "");
  EXPECT_EQ(ToJson(verdict)["held"], false);
}

}  // namespace
}  // namespace isoflop
