#include "analysis/page/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/page/sample_page.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Text(const ReportSource& source) {
  std::string text;
  for (const std::string& sentence : Findings(source)) text += sentence + " ";
  return text;
}

TEST(Findings, SayTheExponentWithItsInterval) {
  const std::string text = Text(SourceOf(SampleFitJson()));
  EXPECT_THAT(text, AllOf(HasSubstr("grows as C to the power 0.5"),
                          HasSubstr("95 % interval"),
                          HasSubstr("decade beyond the data"),
                          HasSubstr("missed their losses by")));
}

TEST(Findings, DoNotSayWhichGrowsFasterWhenTheIntervalHoldsOneHalf) {
  Json fit = SampleFitJson();
  fit["chinchilla"]["bootstrap"]["interval95"]["a"] = {0.45, 0.55};
  EXPECT_THAT(Text(SourceOf(fit)), HasSubstr("does not exclude"));
  fit["chinchilla"]["bootstrap"]["interval95"]["a"] = {0.51, 0.55};
  EXPECT_THAT(Text(SourceOf(fit)), HasSubstr("size should grow faster"));
  fit["chinchilla"]["bootstrap"]["interval95"]["a"] = {0.41, 0.49};
  EXPECT_THAT(Text(SourceOf(fit)), HasSubstr("data should grow faster"));
  fit["chinchilla"].erase("bootstrap");
  EXPECT_THAT(Text(SourceOf(fit)), HasSubstr("cannot be told from these runs"));
}

TEST(Findings, BeginWithWhatForbidsToBelieveThem) {
  Json fit = SampleFitJson();
  fit["chinchilla"] = {{"status", "unsupported"},
                       {"reason", "N has only 2 different values"}};
  fit.erase("draws");
  fit["allocations"] = Json::array();
  fit["holdout"] = Json::array();
  EXPECT_THAT(Text(SourceOf(fit)),
              AllOf(StartsWith("These data do not support a law of N and D "
                               "(Approach 3): N has only 2 different values."),
                    Not(HasSubstr("By the fitted law"))));
  fit = SampleFitJson();
  fit["chinchilla"]["certificate"]["agreeing"] = 1;
  EXPECT_THAT(Text(SourceOf(fit)),
              StartsWith("The law below is not certified"));
  fit = SampleFitJson();
  fit.erase("chinchilla");
  EXPECT_THAT(Text(SourceOf(fit)), StartsWith("No law of N and D"));
}

TEST(Findings, SayThatApproachesDisagree) {
  Json fit = SampleFitJson();
  EXPECT_THAT(Text(SourceOf(fit)), Not(HasSubstr("do not agree")));
  fit["isoflop"]["a"] = {{"estimate", 0.3}, {"interval95", {0.28, 0.32}}};
  EXPECT_THAT(Text(SourceOf(fit)), HasSubstr("do not agree"));
  fit["isoflop"]["a"] = {{"estimate", -0.1}};
  EXPECT_THAT(Text(SourceOf(fit)), HasSubstr("do not agree"));
}

TEST(Findings, DoNotGoByALawThatPromisesTheImpossible) {
  Json fit = SampleFitJson();
  fit["diagnostics"]["warnings"] = {
      "at C = 4e+10 the predicted loss, 0.7, is below the least that any model "
      "can have, 0.8: the law does not hold there"};
  EXPECT_THAT(Text(SourceOf(fit)),
              AllOf(HasSubstr("less than any model can reach"),
                    Not(HasSubstr("it would take")),
                    HasSubstr("The fit has 1 warning")));
}

TEST(Findings, CountTheRunsOfASweepWithoutALaw) {
  SweepFacts facts = SampleFacts();
  facts.results.pop_back();
  facts.results.front().status = RunStatus::kFailed;
  facts.tally = Tally(facts.plan, facts.results);
  EXPECT_THAT(Text({.path = "d", .fit = {}, .sweep = facts}),
              AllOf(HasSubstr("1 failed, 1 are not trained yet"),
                    HasSubstr("No law has been fitted")));
}

}  // namespace
}  // namespace isoflop
