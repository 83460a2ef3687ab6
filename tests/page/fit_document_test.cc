#include "analysis/page/fit_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/page/sample_page.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(FitDocument, HasTheNumbersOfTheFile) {
  const Json& json = SampleFitJson();
  const FitDocument fit = ReadFitDocument(json, "fit.json");
  ASSERT_THAT(fit.runs, SizeIs(30));
  for (std::size_t i = 0; i < fit.runs.size(); ++i) {
    EXPECT_EQ(fit.runs[i].N, json["runs"][i]["params"]);
    EXPECT_EQ(fit.runs[i].L, json["runs"][i]["loss"]);
    EXPECT_EQ(fit.runs[i].loss_std, 0.004);
    EXPECT_EQ(fit.runs[i].budget, i / 6);
  }
  ASSERT_TRUE(fit.law.has_value());
  EXPECT_EQ(fit.law->alpha, json["chinchilla"]["estimate"]["alpha"]);
  EXPECT_EQ(fit.law_intervals.at("a").low,
            json["chinchilla"]["bootstrap"]["interval95"]["a"][0]);
  EXPECT_THAT(fit.draws, SizeIs(json["draws"].size()));
  ASSERT_THAT(fit.budgets, SizeIs(5));
  EXPECT_EQ(fit.budgets[1].N->value,
            json["isoflop"]["budgets"][1]["params_opt"]);
  EXPECT_EQ(fit.budgets[1].parabola->c2,
            json["isoflop"]["budgets"][1]["parabola"]["c2"]);
  EXPECT_THAT(fit.profiles, SizeIs(5));
  EXPECT_THAT(fit.allocations, SizeIs(json["allocations"].size()));
  EXPECT_TRUE(fit.certified);
}

TEST(FitDocument, TakesTheRunsOfAnOldFileFromItsResiduals) {
  const FitDocument fit = ReadFitDocument(OldFitJson(), "fit.json");
  ASSERT_THAT(fit.runs, SizeIs(30));
  EXPECT_EQ(fit.runs[7].N, SampleFitJson()["runs"][7]["params"]);
  EXPECT_EQ(fit.runs[7].budget, 1U);
  EXPECT_FALSE(fit.budgets[1].parabola.has_value());
}

TEST(FitDocument, TakesWhatIsNoFitForAnError) {
  EXPECT_ERROR(ReadFitDocument(Json::array(), "a.json"), "a.json: not a fit");
  EXPECT_ERROR(ReadFitDocument(Json::object(), "a.json"), "not a fit");
  EXPECT_ERROR(ReadFitDocument({{"schema", "isoflop.fit/9"}}, "a.json"),
               "a.json: schema: must be \"isoflop.fit/1\"");
  EXPECT_ERROR(ReadFitDocument({{"schema", 3}}, "a.json"), "schema");
}

TEST(FitDocument, NamesThePlaceOfAPartOfAnotherKind) {
  const auto with = [](const char* pointer, const Json& value) {
    Json fit = SampleFitJson();
    fit[Json::json_pointer(pointer)] = value;
    return fit;
  };
  for (const auto& [pointer, value, where] :
       std::vector<std::tuple<const char*, Json, const char*>>{
           {"/runs", 3, "fit.json.runs: must be an array, got 3"},
           {"/runs/2/loss", "low", "fit.json.runs[2].loss: must be a number"},
           {"/runs/2", 1, "fit.json.runs[2]: must be an object"},
           {"/chinchilla", "x", "fit.json.chinchilla: must be an object"},
           {"/chinchilla/estimate/E", "x", "estimate.E: must be a number"},
           {"/chinchilla/certificate/converged", 1, "must be true or false"},
           {"/isoflop/budgets", Json::object(), "budgets: must be an array"},
           {"/draws/0/1", "x", "draws[0][1]: must be a number"},
           {"/diagnostics/warnings/0", 7, "warnings[0]: must be a text"},
           {"/observations/source", 7, "source: must be a text"}}) {
    EXPECT_ERROR(ReadFitDocument(with(pointer, value), "fit.json"), where);
  }
}

TEST(FitDocument, LeavesOutLawsThatAreNone) {
  Json fit = SampleFitJson();
  fit["chinchilla"]["estimate"]["A"] = -1.0;
  fit["draws"] = {{1.0, 2.0, 3.0, 0.4}, {1.0, 2.0, 3.0, 0.0, 0.5}};
  fit["runs"][0]["budget"] = 99;
  const FitDocument read = ReadFitDocument(fit, "fit.json");
  EXPECT_FALSE(read.law.has_value());
  EXPECT_NE(read.law_reason, "");
  EXPECT_THAT(read.draws, IsEmpty());
  EXPECT_FALSE(read.runs[0].budget.has_value());
}

TEST(FitDocument, NeedsNoMoreThanASchema) {
  const FitDocument fit =
      ReadFitDocument({{"schema", "isoflop.fit/1"}}, "fit.json");
  EXPECT_FALSE(fit.law.has_value());
  EXPECT_THAT(fit.runs, IsEmpty());
}

}  // namespace
}  // namespace isoflop
