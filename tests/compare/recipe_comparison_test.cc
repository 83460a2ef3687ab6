#include "analysis/compare/recipe_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/compare/recipe_results.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/report/recipe_report.h"
#include "lib/numeric/distributions.h"
#include "tests/compare/recipes.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;

CompareOptions Options(int resamples = 0) {
  CompareOptions options;
  options.by = "recipe";
  options.bootstrap = {
      .resamples = resamples, .unit = {}, .seed = 1, .threads = 2};
  options.budgets_flops = {1e12};
  return options;
}

void Keep(std::size_t rows, LabelledObservations* sweep) {
  sweep->set.rows.resize(rows);
  sweep->labels.resize(rows);
}

TEST(CompareRecipes, RecoversKnownEfficienciesToSixDigits) {
  const std::vector<TrueRecipe> recipes = {
      {"base"}, {"wide", 1.5, 0.9}, {"muon", 0.8, 2.5}};
  const auto result = CompareRecipes(RecipeSweep(recipes), Options());
  ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
  ASSERT_EQ(result.recipes.size(), 3U);
  EXPECT_TRUE(result.joint.certificate.converged);
  EXPECT_GE(result.joint.certificate.agreeing, 2);
  for (std::size_t i = 0; i < 3; ++i) {
    const RecipeResult& row = result.recipes[i];
    EXPECT_EQ(row.name, recipes[i].name);
    EXPECT_EQ(row.runs, 42);
    EXPECT_NEAR(row.params_efficiency.value / recipes[i].rho_N, 1.0, 1e-6);
    EXPECT_NEAR(row.tokens_efficiency.value / recipes[i].rho_D, 1.0, 1e-6);
    EXPECT_NEAR(
        row.compute_multiplier.value / (recipes[i].rho_N * recipes[i].rho_D),
        1.0, 1e-6);
    EXPECT_NEAR(row.law.alpha, kSmallLaw.alpha, 1e-6);
    EXPECT_NEAR(row.law.E, kSmallLaw.E, 1e-6);
  }
  EXPECT_FALSE(result.recipes[1].verdict.has_value());
}

TEST(CompareRecipes, TakesTheReferenceItIsGiven) {
  CompareOptions options = Options();
  options.reference = "wide";
  const auto result =
      CompareRecipes(RecipeSweep({{"base"}, {"wide", 1.5, 0.9}}), options);
  EXPECT_EQ(result.reference, 1);
  EXPECT_EQ(result.recipes[1].params_efficiency.value, 1.0);
  EXPECT_NEAR(result.recipes[0].params_efficiency.value, 1.0 / 1.5, 1e-6);
}

TEST(CompareRecipes, TellsRecipesApartThatDifferByMoreThanNoise) {
  const auto result = CompareRecipes(
      RecipeSweep({{"base"}, {"good", 1.6, 1.5}, {"bad", 0.7, 0.7}}, 0.003, 3),
      Options(100));
  ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
  EXPECT_TRUE(result.paired);
  const RecipeResult& good = result.recipes[1];
  EXPECT_EQ(good.verdict, Verdict::kBetter);
  EXPECT_EQ(result.recipes[2].verdict, Verdict::kWorse);
  ASSERT_TRUE(good.compute_multiplier.spread.has_value());
  EXPECT_LT(good.compute_multiplier.spread->interval95.low, 2.4);
  EXPECT_GT(good.compute_multiplier.spread->interval95.high, 2.4);
  EXPECT_LT(result.same_law.p_value, 1e-6);
  EXPECT_GT(result.same_exponents.p_value, 0.01);
}

TEST(CompareRecipes, CannotTellEqualRecipesApart) {
  const auto result =
      CompareRecipes(RecipeSweep({{"a"}, {"b"}}, 0.003, 11), Options(100));
  ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
  EXPECT_EQ(result.recipes[1].verdict, Verdict::kIndistinguishable);
  EXPECT_GT(result.same_law.p_value, 0.01);
}

TEST(CompareRecipes, CannotTellOneRecipeUnderTwoNamesApart) {
  const auto result = CompareRecipes(RecipeSweep({{"a"}, {"b"}}), Options(40));
  ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
  EXPECT_EQ(result.recipes[1].verdict, Verdict::kIndistinguishable);
  EXPECT_NEAR(result.recipes[1].compute_multiplier.value, 1.0, 1e-7);
}

TEST(CompareRecipes, SaysWhenExponentsAreNotShared) {
  LabelledObservations sweep = RecipeSweep({{"a"}, {"b"}}, 0.001, 4);
  Chinchilla other = kSmallLaw;
  other.alpha = 0.40;
  other.A = 30.0;
  for (std::size_t i = 42; i < 84; ++i) {
    Observation& o = sweep.set.rows[i];
    o.L *= Loss(other, o.N, o.D) / Loss(kSmallLaw, o.N, o.D);
  }
  CompareOptions options = Options();
  options.budgets_flops = {1e11, 1e14};
  const auto result = InWords(CompareRecipes(sweep, options));
  ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
  EXPECT_LT(result.same_exponents.p_value, 1e-3);
  ASSERT_FALSE(result.warnings.empty());
  EXPECT_THAT(result.warnings[0], HasSubstr("do not share exponents"));
  ASSERT_EQ(result.recipes[1].budgets.size(), 2U);
  EXPECT_GT(std::abs(std::log(result.recipes[1].budgets[0].multiplier.value /
                              result.recipes[1].budgets[1].multiplier.value)),
            0.5);
}

/// The comparison with one loss of recipe b as it is not.
RecipeComparison WithSlip(double loss) {
  LabelledObservations sweep =
      RecipeSweep({{"a"}, {"b", 1.25, 1.2}}, 0.003, 21);
  sweep.set.rows[60].L = loss;
  return InWords(CompareRecipes(sweep, Options(60)));
}

TEST(CompareRecipes, SaysTheSameOfRecipesWhateverOneWildLossIs) {
  for (const double loss : {6.0, 9.5, 0.2}) {
    const RecipeComparison result = WithSlip(loss);
    ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
    EXPECT_EQ(result.recipes[1].verdict, Verdict::kBetter) << loss;
    ASSERT_EQ(result.same_law.status, FitStatus::kOk) << result.same_law.reason;
    EXPECT_LT(result.same_law.p_value, 1e-6) << loss;
    EXPECT_GT(result.same_exponents.p_value, 0.01) << loss;
  }
}

TEST(CompareRecipes, NamesTheRunThatNoNoiseExplains) {
  const RecipeComparison result = WithSlip(6.0);
  ASSERT_EQ(result.unexplained.size(), 1U);
  EXPECT_THAT(
      result.warnings,
      testing::Contains(HasSubstr("no noise explains the loss 6 of b at N =")));
}

/// 40 sets of noise: a test at 5 % rejects 8 or more of 40 true laws with
/// probability 0.1 %.
TEST(CompareRecipes, RejectsASharedLawAboutAsOftenAsItSays) {
  int rejected = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto result = CompareRecipes(
        RecipeSweep({{"a"}, {"b"}}, 0.003, 500 + seed), Options());
    rejected += result.same_law.p_value < 0.05;
  }
  EXPECT_LE(rejected, 7);
}

/// 25 sets of noise: an interval that covers 92 % misses 7 or more of 25 with
/// probability .4 %.
TEST(CompareRecipes, CoversTheTruthWithItsIntervals) {
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const auto result = CompareRecipes(
        RecipeSweep({{"a"}, {"b", 1.2, 1.1}}, 0.003, 100 + seed), Options(40));
    const Estimate& multiplier = result.recipes[1].compute_multiplier;
    ASSERT_TRUE(multiplier.spread.has_value());
    covered += multiplier.spread->interval95.low <= 1.32 &&
               multiplier.spread->interval95.high >= 1.32;
  }
  EXPECT_GE(covered, 19);
}

TEST(CompareRecipes, CertifiesItsFitsAndTheirTests) {
  const auto result =
      CompareRecipes(RecipeSweep({{"a"}, {"b", 1.2}}, 0.003, 8), Options());
  ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
  EXPECT_TRUE(result.joint.certificate.certified());
  EXPECT_TRUE(result.separate.certificate.certified());
  EXPECT_TRUE(result.same_law.certified);
  EXPECT_TRUE(result.same_exponents.certified);
  // In (ln E, ln A_r, ln B_r, alpha, beta): near that of a recipe by itself.
  const auto alone = FitChinchilla(WithNoise(SmallSweep(), 0.003, 8), {});
  EXPECT_LT(std::abs(std::log(*result.joint.certificate.condition_number /
                              *alone.certificate.condition_number)),
            std::log(30.0));
}

/// A comparison of two laws, of which the second's data term varies over 400
/// resamples like a normal number.
RecipeComparison WithUnits(const std::vector<int>& units) {
  RecipeComparison result;
  result.joint.laws = {kSmallLaw, kSmallLaw};
  result.recipes.resize(2);
  RandomStream stream(5);
  std::vector<RecipeReplicate> replicates(400);
  for (RecipeReplicate& replicate : replicates) {
    Chinchilla law = kSmallLaw;
    law.B *= std::exp(0.01 * stream.Normal());
    replicate.joint = {kSmallLaw, law};
  }
  AddResults(replicates, units, {}, &result);
  return result;
}

TEST(CompareRecipes, TakesStudentsTOfTheRecipeWithFewerUnits) {
  const auto width = [](const RecipeComparison& result) {
    const Interval i = result.recipes[1].tokens_efficiency.spread->interval95;
    return std::log(i.high / i.low);
  };
  const double of_50 = width(WithUnits({50, 50}));
  EXPECT_NEAR(width(WithUnits({50, 6})) / of_50,
              StudentTQuantile(0.975, 5) / StudentTQuantile(0.975, 49), 1e-9);
  EXPECT_EQ(width(WithUnits({6, 50})), width(WithUnits({50, 6})));
}

TEST(CompareRecipes, StopsAtNoIrreducibleLossOnlyWhereItIsBest) {
  LabelledObservations sweep = RecipeSweep({{"a"}, {"b", 1.2}}, 0.001, 8);
  for (Observation& o : sweep.set.rows) o.L -= 1.05 * kSmallLaw.E;
  const auto result = CompareRecipes(sweep, Options());
  ASSERT_EQ(result.status, FitStatus::kOk) << result.reason;
  EXPECT_EQ(result.recipes[0].law.E, 0.0);
  EXPECT_TRUE(result.joint.certificate.converged);
}

TEST(CompareRecipes, SameSeedSameAnswerWhateverTheThreads) {
  const LabelledObservations sweep = RecipeSweep({{"a"}, {"b", 1.2}}, 0.003, 8);
  CompareOptions options = Options(40);
  options.bootstrap.threads = 1;
  const auto one = CompareRecipes(sweep, options);
  options.bootstrap.threads = 5;
  const auto five = CompareRecipes(sweep, options);
  const auto& x = *one.recipes[1].tokens_efficiency.spread;
  const auto& y = *five.recipes[1].tokens_efficiency.spread;
  EXPECT_EQ(x.interval95.low, y.interval95.low);
  EXPECT_EQ(x.standard_error, y.standard_error);
}

TEST(CompareRecipes, IsUnsupportedWhereARecipeHasTooFewRuns) {
  LabelledObservations sweep = RecipeSweep({{"a"}, {"b"}});
  Keep(44, &sweep);
  const auto result = CompareRecipes(sweep, Options());
  EXPECT_EQ(result.status, FitStatus::kUnsupported);
  EXPECT_THAT(result.reason, HasSubstr("recipe 'b' has 2 runs"));
  EXPECT_EQ(result.recipes[1].runs, 2);
}

TEST(CompareRecipes, IsUnsupportedWithoutTwoPointsOfARecipe) {
  LabelledObservations sweep = RecipeSweep({{"a"}, {"b"}});
  Keep(45, &sweep);
  for (std::size_t i = 42; i < 45; ++i) sweep.set.rows[i] = sweep.set.rows[44];
  const auto result = CompareRecipes(sweep, Options());
  EXPECT_THAT(result.reason, HasSubstr("all have the same N and D"));
}

TEST(CompareRecipes, IsUnsupportedWhereNothingDependsOnData) {
  LabelledObservations sweep = RecipeSweep({{"a"}, {"b"}});
  for (Observation& o : sweep.set.rows) o.D = 1e6;
  EXPECT_THAT(CompareRecipes(sweep, Options()).reason,
              HasSubstr("D is 1e+06 in all runs"));
  sweep = RecipeSweep({{"a"}, {"b"}});
  for (std::size_t i = 0; i < sweep.set.rows.size(); ++i) {
    sweep.set.rows[i].N = 1e6 + 100.0 * static_cast<double>(i % 5);
  }
  EXPECT_THAT(CompareRecipes(sweep, Options()).reason,
              HasSubstr("N differs by only 0.04 %"));
  sweep = RecipeSweep({{"a"}, {"b"}});
  for (Observation& o : sweep.set.rows) o.L = 2.0;
  EXPECT_EQ(CompareRecipes(sweep, Options()).status, FitStatus::kUnsupported);
}

TEST(CompareRecipes, RefusesWhatIsNoComparison) {
  const LabelledObservations one = RecipeSweep({{"a"}});
  EXPECT_ERROR(CompareRecipes(one, Options()),
               "--by recipe: the only value is 'a'");
  const LabelledObservations two = RecipeSweep({{"adam"}, {"muon"}});
  CompareOptions options = Options();
  options.reference = "adm";
  EXPECT_ERROR(CompareRecipes(two, options),
               "--reference: 'adm' is none of the recipes (did you mean "
               "'adam'?); they are adam, muon");
  options = Options();
  options.delta = 0.0;
  EXPECT_ERROR(CompareRecipes(two, options), "--delta");
  LabelledObservations many = one;
  for (std::size_t i = 0; i < many.labels.size(); ++i) {
    many.labels[i] = std::to_string(i);
  }
  EXPECT_ERROR(CompareRecipes(many, Options()), "more than 20 values");
}

}  // namespace
}  // namespace isoflop
