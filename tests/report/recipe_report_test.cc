#include "analysis/report/recipe_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Estimate Between(double low, double value, double high) {
  return {.value = value,
          .spread = Spread{.standard_error = 0.1, .interval95 = {low, high}}};
}

RecipeResult Recipe(const std::string& name, const Estimate& multiplier) {
  RecipeResult recipe;
  recipe.name = name;
  recipe.runs = 30;
  recipe.law = {.E = 1.7, .A = 400.0, .B = 410.0, .alpha = 0.34, .beta = 0.28};
  recipe.params_efficiency = Between(1.2, 1.25, 1.3);
  recipe.tokens_efficiency = Between(1.1, 1.2, 1.3);
  recipe.compute_multiplier = multiplier;
  recipe.budgets = {
      {.flops = 1e20, .decades = 1.0, .multiplier = Between(1.3, 1.4, 1.5)}};
  return recipe;
}

RecipeComparison Sample() {
  RecipeComparison comparison;
  comparison.status = FitStatus::kOk;
  comparison.source = "runs.csv";
  comparison.by = "optimizer";
  RecipeResult adamw = Recipe("adamw", {.value = 1.0, .spread = {}});
  adamw.budgets.clear();
  RecipeResult muon = Recipe("muon", Between(1.4, 1.5, 1.6));
  muon.verdict = Verdict::kBetter;
  RecipeResult lion = Recipe("lion", Between(0.9, 1.02, 1.1));
  lion.verdict = Verdict::kIndistinguishable;
  comparison.recipes = {adamw, muon, lion};
  comparison.delta = 1e-3;
  comparison.joint.certificate = {.starts = 14,
                                  .agreeing = 14,
                                  .distinct_minima = 1,
                                  .gradient_norm = 1e-14,
                                  .condition_number = 1e6,
                                  .converged = true};
  comparison.same_law = {.status = FitStatus::kOk,
                         .reason = {},
                         .F = 40.0,
                         .numerator = 4,
                         .denominator = 81,
                         .p_value = 1e-9,
                         .delta_aicc = 60.0};
  comparison.same_exponents = comparison.same_law;
  comparison.same_exponents.p_value = 0.4;
  comparison.resampling = Resampling{
      .resamples = 1000, .unit = ResampleUnit::kGroup, .units = 10, .seed = 0};
  comparison.paired = true;
  return comparison;
}

RecipeComparison Unsupported() {
  RecipeComparison comparison = Sample();
  comparison.status = FitStatus::kUnsupported;
  comparison.reason = "recipe 'muon' has 2 runs: at least 3 are needed";
  return comparison;
}

TEST(RecipeJson, KeepsToItsSchema) {
  EXPECT_EQ(SchemaProblem(ToJson(Sample()), "compare"), "");
  EXPECT_EQ(SchemaProblem(ToJson(Unsupported()), "compare"), "");
  RecipeComparison bare = Sample();
  bare.resampling.reset();
  for (RecipeResult& recipe : bare.recipes) {
    recipe.verdict.reset();
    recipe.compute_multiplier.spread.reset();
    recipe.budgets.clear();
  }
  bare.same_exponents = {};
  bare.same_exponents.reason = "too few runs";
  EXPECT_EQ(SchemaProblem(ToJson(bare), "compare"), "");
}

TEST(RecipeJson, HasNoNumbersOfAnUnsupportedComparison) {
  const Json json = ToJson(Unsupported());
  EXPECT_EQ(json["status"], "unsupported");
  EXPECT_FALSE(json["recipes"][1].contains("rho_N"));
  EXPECT_FALSE(json.contains("certificate"));
}

TEST(CompareText, SaysInWordsWhatTheDataCanTell) {
  const std::string text = CompareText(Sample(), 200);
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("the reference is adamw"),
            HasSubstr("muon is better: for the loss that it reaches, adamw "
                      "needs 1.500 [1.400, 1.600] times its compute"),
            HasSubstr("lion and adamw cannot be told apart"),
            HasSubstr("one law for all: no; F(4, 81) = 40"),
            HasSubstr("the same exponents: not refuted"),
            HasSubstr("1000 bootstrap resamples of 10 paired groups")));
}

TEST(CompareText, ShowsWholeNames) {
  RecipeComparison comparison = Sample();
  const std::vector<std::string> names = {"baseline_adam", "baseline_muon",
                                          "baseline_lion"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    comparison.recipes[i].name = names[i];
  }
  const std::string text = CompareText(comparison);
  EXPECT_THAT(text, AllOf(HasSubstr("\n  baseline_muon  1.00e20"),
                          HasSubstr("\n  baseline_lion  1.00e20")));
}

TEST(CompareText, GivesTheReasonOfWhatIsUnsupported) {
  EXPECT_THAT(CompareText(Unsupported()),
              AllOf(HasSubstr("unsupported: recipe 'muon' has 2 runs"),
                    Not(HasSubstr("rho_N"))));
}

}  // namespace
}  // namespace isoflop
