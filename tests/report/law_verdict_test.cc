#include "analysis/diagnose/law_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/report/fit_words.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

PredictionError ErrorOf(double rms, bool certified = true) {
  return {
      .rms = rms, .mean_absolute = rms, .largest = rms, .certified = certified};
}

LawScore Score(const std::string& name, double aicc, double rms) {
  LawScore score;
  score.name = name;
  score.certified = true;
  score.rms_log_residual = rms;
  score.parameters = 6;
  score.log_likelihood = -0.5 * aicc;
  score.aicc = aicc;
  score.neighbours = NeighbourCorrelation{.correlation = 0.1, .by_chance = 0.2};
  score.held_out = ErrorOf(3.0 * rms);
  score.cross_validated = ErrorOf(2.0 * rms);
  score.refits = 11;
  return score;
}

LawComparison Judged(std::vector<LawScore> scores) {
  LawComparison comparison;
  comparison.runs = 60;
  comparison.above_flops = 1e20;
  comparison.held_out = 12;
  comparison.folds = 10;
  comparison.scores = std::move(scores);
  Judge(&comparison);
  comparison.verdict = VerdictInWords(comparison, LossUnit::kNats);
  return comparison;
}

TEST(LawVerdict, PrefersTheLawThatEveryTestPrefers) {
  const auto judged =
      Judged({Score("good", -300.0, 0.01), Score("bad", -250.0, 0.015)});
  EXPECT_EQ(judged.noise, ResidualNoise::kIndependent);
  EXPECT_EQ(judged.lowest_aicc, "good");
  EXPECT_EQ(*judged.scores[1].aicc_difference, 50.0);
  EXPECT_THAT(judged.verdict, Contains("the data prefer good by every test"));
  EXPECT_THAT(judged.verdict, Contains(HasSubstr("(+50.0 %)")));
}

/// A law with a coefficient on its bound is a smaller one.
TEST(LawVerdict, SeesNoDifferenceBetweenNumbersThatAreEqualToRounding) {
  LawScore larger = Score("larger", -296.0, 0.01 * (1.0 - 1e-9));
  larger.parameters = 7;
  const auto judged = Judged(
      {larger, Score("small", -300.0, 0.01), Score("bad", -250.0, 0.015)});
  EXPECT_EQ(judged.lowest_held_out, "small");
  EXPECT_EQ(judged.lowest_cross_validated, "small");
  EXPECT_THAT(judged.verdict,
              Contains("10-fold cross-validation: small and larger predict "
                       "best, rms 0.02 nats; next is bad, 0.03 (+50.0 %)"));
  EXPECT_THAT(judged.verdict, Each(Not(HasSubstr("(+0.0 %)"))));
}

TEST(LawVerdict, NeverPrefersALawWithoutACertificate) {
  LawScore doubtful = Score("doubtful", -900.0, 0.001);
  doubtful.certified = false;
  const auto judged = Judged(
      {Score("good", -300.0, 0.01), doubtful, Score("bad", -250.0, 0.015)});
  EXPECT_EQ(judged.lowest_aicc, "good");
  EXPECT_EQ(judged.lowest_held_out, "good");
  EXPECT_EQ(judged.lowest_cross_validated, "good");
  EXPECT_EQ(*judged.scores[0].aicc_difference, 0.0);
  EXPECT_FALSE(judged.scores[1].aicc_difference);
  EXPECT_THAT(judged.verdict, Contains("the data prefer good by every test"));
  EXPECT_EQ(judged.verdict.back(),
            "doubtful: not certified, so it is not compared by AICc, by its "
            "residuals or by its predictions");
}

TEST(LawVerdict, DoesNotCountErrorsOfFitsWithoutACertificate) {
  LawScore best = Score("best", -300.0, 0.01);
  best.cross_validated->certified = false;
  best.uncertified_refits = 1;
  const auto judged = Judged({best, Score("next", -250.0, 0.015)});
  EXPECT_EQ(judged.lowest_held_out, "best");
  EXPECT_EQ(judged.lowest_cross_validated, "next");
  EXPECT_THAT(
      judged.verdict,
      Contains(HasSubstr("best has the lowest error, rms 0.02 nats, but "
                         "by fits that are not all certified")));
  EXPECT_THAT(judged.verdict,
              Contains("the data prefer best by every test that counts"));
}

TEST(LawVerdict, PrefersNoneWhereNoneIsCertified) {
  LawScore one = Score("one", -300.0, 0.01);
  LawScore two = Score("two", -200.0, 0.01);
  one.certified = two.certified = false;
  const auto judged = Judged({one, two});
  EXPECT_EQ(judged.lowest_aicc, "");
  EXPECT_EQ(judged.lowest_held_out, "");
  EXPECT_THAT(judged.verdict.front(), HasSubstr("none is preferred"));
}

TEST(LawVerdict, HasNothingToJudgeByWhereResidualsAreRounding) {
  LawScore exact = Score("exact", 0.0, 3e-16);
  LawScore richer = Score("richer", 0.0, 2e-16);
  exact.aicc.reset();
  richer.aicc.reset();
  exact.parameters = 5;
  const auto judged = Judged({Score("other", -200.0, 0.0095), richer, exact});
  EXPECT_EQ(judged.noise, ResidualNoise::kNone);
  EXPECT_EQ(judged.lowest_aicc, "");
  EXPECT_EQ(judged.lowest_held_out, "exact");
  EXPECT_EQ(judged.lowest_cross_validated, "exact");
  EXPECT_FALSE(judged.scores[0].aicc_difference);
  ASSERT_EQ(judged.verdict.size(), 2U);
  EXPECT_EQ(
      judged.verdict[0],
      "the residuals of exact are rounding (rms 3e-16): there is no noise "
      "to judge by");
  EXPECT_EQ(judged.verdict[1],
            "exact and richer reproduce the data, exact with the fewest "
            "coefficients; next is other with rms 0.95 %");
}

TEST(LawVerdict, ClaimsNoSignificanceWhereNeighboursShareResiduals) {
  LawScore best = Score("best", -600.0, 0.002);
  best.neighbours->correlation = 0.5;
  const auto judged = Judged({best, Score("next", -350.0, 0.012)});
  EXPECT_EQ(judged.noise, ResidualNoise::kCorrelated);
  EXPECT_EQ(judged.lowest_aicc, "best");
  EXPECT_THAT(judged.verdict.front(), HasSubstr("AICc decides nothing here"));
  EXPECT_THAT(judged.verdict, Contains(HasSubstr("6 times as much")));
  EXPECT_THAT(judged.verdict,
              Contains(HasSubstr("best is preferred by its residuals")));
  EXPECT_THAT(judged.verdict, Each(Not(HasSubstr("support"))));
}

TEST(LawVerdict, DoesNotPreferByResidualsThatAreMuchAlike) {
  LawScore best = Score("best", -600.0, 0.010);
  best.neighbours->correlation = 0.5;
  const auto judged = Judged({best, Score("next", -350.0, 0.011)});
  EXPECT_THAT(judged.verdict, Each(Not(HasSubstr("preferred"))));
  EXPECT_THAT(judged.verdict,
              Contains(HasSubstr("ahead in every test of prediction, but")));
}

}  // namespace
}  // namespace isoflop
