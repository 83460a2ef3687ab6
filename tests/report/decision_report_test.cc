#include "analysis/report/decision_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_report.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Spaces and line ends as single spaces, so that wrapping does not matter.
std::string Flat(const std::string& text) {
  std::string flat;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n';
    if (!space) flat += c;
    if (space && !flat.empty() && flat.back() != ' ') flat += ' ';
  }
  return flat;
}

std::string TextOf(const AllocationQuestion& question) {
  const StoredFit fit = SampleStored();
  return Flat(AnswerText(fit, Answer(fit.basis(), question)));
}

Json JsonOf(const AllocationQuestion& question) {
  const StoredFit fit = SampleStored();
  return AnswerJson(fit, Answer(fit.basis(), question));
}

TEST(AnswerText, NamesTheSavingOfTheInferenceOptimum) {
  const std::string text = TextOf({.flops = {1e13}, .inference_tokens = 1e9});
  EXPECT_THAT(text, HasSubstr("Least compute for training and 1.00G tokens of "
                              "inference, at the same loss"));
  EXPECT_THAT(text, HasSubstr("C 1.00e13"));
  EXPECT_THAT(text, HasSubstr("total C"));
  EXPECT_THAT(text, HasSubstr(" %"));
}

TEST(AnswerText, SaysWhatNCountsAndWhatLiesBeyondTheData) {
  const std::string inside = TextOf({.flops = {1e11}});
  EXPECT_THAT(inside, HasSubstr("N counts all parameters"));
  EXPECT_THAT(inside, Not(HasSubstr("was not seen to hold")));
  const std::string outside = TextOf({.flops = {1e11}, .max_params = 1e3});
  EXPECT_THAT(outside,
              HasSubstr("N down to 1000, beyond the 4200 of the data"));
  EXPECT_THAT(outside, HasSubstr("D/N up to 16670, beyond the"));
}

TEST(AnswerText, SaysWhereALimitDoesNotBind) {
  EXPECT_THAT(TextOf({.flops = {1e13}, .max_params = 1e12}),
              HasSubstr("1.00e13: the compute-optimal run needs no more"));
  const std::string binding = TextOf({.flops = {1e13}, .max_params = 1e4});
  EXPECT_THAT(binding, Not(HasSubstr("needs no more")));
  EXPECT_THAT(binding, HasSubstr("Best run with at most 10.0k parameters"));
}

TEST(AnswerText, SaysThatDataAreCappedWhereNoLawRepeatsThem) {
  EXPECT_THAT(TextOf({.flops = {1e13}, .unique_tokens = 1e5}),
              HasSubstr("this fit has no law of repeated data, so no token is "
                        "seen twice: D is capped at the unique tokens"));
}

TEST(AnswerText, SaysWhoseLawRepeatsData) {
  StoredFit fit = SampleStored();
  fit.repeated = RepeatedData{1.1362, 268.7, 771.3, 0.6724, 0.5709, 15.0, 5.0};
  const AllocationQuestion question{.flops = {1e13}, .unique_tokens = 1e5};
  const AllocationAnswer answer = Answer(fit.basis(), question);
  EXPECT_THAT(Flat(AnswerText(fit, answer)),
              HasSubstr("by the fit's law of repeated data"));
  const Json row = AnswerJson(fit, answer)["unique_tokens"][0];
  EXPECT_EQ(row["rule"], "repeated_data");
  EXPECT_GT(row["epochs"], 1.0);
}

TEST(AnswerText, SaysInfiniteWhereNoTrainingIsLongEnough) {
  const std::string text = TextOf({.flops = {1e13}, .overtrain = {2.0, 1e4}});
  EXPECT_THAT(text, HasSubstr("C 1.00e13, N*/2 "));
  EXPECT_THAT(text, HasSubstr("C 1.00e13, N*/1e+04: infinite compute; from "
                              "N*/"));
}

TEST(AnswerText, CountsTheDrawsThatNeverReachALoss) {
  EXPECT_THAT(TextOf({.loss = {1.14}}),
              HasSubstr("loss 1.140: 1 of 3 laws of the bootstrap never get "
                        "there; too many to tell a 95 % interval"));
  EXPECT_THAT(TextOf({.loss = {1.2}}), Not(HasSubstr("never")));
}

TEST(AnswerText, SaysWhatDecadesCountFromOnce) {
  const std::string text = TextOf({.flops = {1e13}, .max_params = 1e4});
  const std::string line = "decades: beyond the largest C in the data, 9.28e11";
  EXPECT_THAT(text, HasSubstr(line));
  EXPECT_EQ(text.find(line), text.rfind(line));
  EXPECT_THAT(TextOf({.flops = {5e11}}), Not(HasSubstr("decades:")));
}

TEST(AnswerJson, HasTheSectionsThatWereAskedFor) {
  const Json json = JsonOf({.flops = {1e13}, .overtrain = {2.0, 1e4}});
  EXPECT_EQ(json["draws"], 3);
  EXPECT_EQ(json["allocations"].size(), 1U);
  ASSERT_EQ(json["smaller_models"].size(), 2U);
  EXPECT_EQ(json["smaller_models"][0]["status"], "ok");
  EXPECT_EQ(json["smaller_models"][0]["budget_flops"], 1e13);
  EXPECT_EQ(json["smaller_models"][1]["status"], "unreachable");
  EXPECT_FALSE(json["smaller_models"][1].contains("flops"));
  EXPECT_FALSE(json.contains("inference"));
}

TEST(AnswerJson, GivesALossItsBudgetAndTheDrawsWithoutOne) {
  const Json json = JsonOf({.loss = {1.14}, .inference_tokens = 1e9});
  EXPECT_EQ(json["loss_targets"][0]["loss"], 1.14);
  EXPECT_EQ(json["loss_targets"][0]["unreachable_draws"], 1);
  EXPECT_GT(json["loss_targets"][0]["extrapolation_decades"], 1.0);
  EXPECT_EQ(json["inference"][0]["target_loss"], 1.14);
  EXPECT_TRUE(json["allocations"].empty());
}

TEST(AnswerJson, NamesTheLimitByItsOption) {
  EXPECT_EQ(JsonOf({.flops = {1e13},
                    .max_params = 1e4})["max_params"][0]["max_params"],
            1e4);
  EXPECT_EQ(JsonOf({.flops = {1e13},
                    .unique_tokens = 1e5})["unique_tokens"][0]["binding"],
            true);
}

}  // namespace
}  // namespace isoflop
