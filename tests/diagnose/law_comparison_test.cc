#include "analysis/diagnose/law_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/fit/more_laws.h"
#include "analysis/regress/law_models.h"
#include "analysis/report/fit_words.h"
#include "analysis/solve/penalty.h"
#include "analysis/solve/residual_density.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::vector<WeightedResidual> SomeResiduals() {
  RandomStream stream(11);
  std::vector<WeightedResidual> residuals;
  for (int i = 0; i < 200; ++i) residuals.push_back({0.01 * stream.Normal()});
  return residuals;
}

TEST(ResidualDensity, OfHuberIsADensity) {
  const auto residuals = SomeResiduals();
  // The log-likelihood at a scale s is -sum / s - n ln Z(s); Z by quadrature.
  const double delta = 0.004;
  const Penalty penalty = Penalty::Huber(delta);
  double sum = 0.0;
  for (const auto& r : residuals) sum += penalty(r.value).value;
  const auto at = [&](double s) {
    double area = 0.0;
    for (int i = -400000; i <= 400000; ++i) {
      area += 1e-6 * std::exp(-penalty(1e-6 * i).value / s);
    }
    return -sum / s - 200.0 * std::log(area);
  };
  const double found =
      LikelihoodOf(residuals, {.loss = LossKind::kHuber, .delta = delta})
          ->log_likelihood;
  double best = -1e300;
  for (double s = 5e-6; s < 5e-4; s *= 1.05) best = std::max(best, at(s));
  EXPECT_NEAR(found, best, 0.05);
  EXPECT_GE(found, best - 1e-6);
}

TEST(ResidualDensity, OfHuberTendsToTheNormalAndToLaplace) {
  const auto residuals = SomeResiduals();
  const auto of = [&](LossKind loss, double delta) {
    return LikelihoodOf(residuals, {.loss = loss, .delta = delta})
        ->log_likelihood;
  };
  EXPECT_NEAR(of(LossKind::kHuber, 10.0), of(LossKind::kL2, 1.0), 1e-6);
  EXPECT_NEAR(of(LossKind::kHuber, 1e-8), of(LossKind::kLad, 1.0), 1e-2);
}

TEST(ResidualDensity, HasNoBoundWithoutResiduals) {
  const std::vector<WeightedResidual> nothing(10);
  EXPECT_FALSE(LikelihoodOf(nothing, {}).has_value());
}

FitOptions Options(std::vector<LawKind> laws) {
  FitOptions options;
  options.laws = std::move(laws);
  options.objective.loss = LossKind::kL2;
  return options;
}

MoreLaws Compare(const std::vector<Observation>& runs,
                 const FitOptions& options) {
  return FitMoreLaws(runs, options, FitChinchilla(runs, options.objective));
}

TEST(LawComparison, PrefersTheLawThatMadeTheData) {
  Chinchilla uneven = kSmallLaw;
  uneven.alpha = 0.4;
  uneven.beta = 0.75;
  std::vector<double> budgets;
  for (int i = 0; i < 6; ++i) budgets.push_back(2e10 * std::pow(10, i / 3.0));
  const auto runs = WithNoise(IsoflopGrid(uneven, budgets, 7, 8.0), 2e-4, 4);
  const MoreLaws laws = Compare(
      runs,
      Options({LawKind::kChinchilla, LawKind::kOvertraining, LawKind::kPower}));
  ASSERT_TRUE(laws.comparison.has_value());
  const LawComparison& comparison = *laws.comparison;
  ASSERT_EQ(comparison.scores.size(), 4U);
  EXPECT_EQ(comparison.lowest_aicc, "chinchilla");
  EXPECT_EQ(comparison.lowest_held_out, "chinchilla");
  EXPECT_EQ(comparison.lowest_cross_validated, "chinchilla");
  EXPECT_EQ(comparison.scores[0].aicc_difference, 0.0);
  EXPECT_GT(*comparison.scores[1].aicc_difference, 10.0);
  EXPECT_EQ(VerdictInWords(comparison, LossUnit::kNats).back(),
            "the data prefer chinchilla by every test");
}

TEST(LawComparison, ChargesForParametersThatDoNothing) {
  Chinchilla tied = kSmallLaw;
  tied.beta = tied.alpha;
  std::vector<double> budgets;
  for (int i = 0; i < 6; ++i) budgets.push_back(2e10 * std::pow(10, i / 3.0));
  const auto runs = WithNoise(IsoflopGrid(tied, budgets, 7, 8.0), 2e-3, 4);
  const MoreLaws laws =
      Compare(runs, Options({LawKind::kChinchilla, LawKind::kOvertraining}));
  ASSERT_TRUE(laws.comparison.has_value());
  const auto& scores = laws.comparison->scores;
  EXPECT_EQ(scores[0].parameters, 6);
  EXPECT_EQ(scores[1].parameters, 5);
  EXPECT_NEAR(*scores[0].aicc,
              2.0 * 6 - 2.0 * *scores[0].log_likelihood + 2.0 * 6 * 7 / 35.0,
              1e-9);  // of 42 runs
  EXPECT_GE(*scores[0].log_likelihood, *scores[1].log_likelihood - 1e-9);
  EXPECT_LE(*scores[1].aicc - *scores[0].aicc, 2.0);
}

TEST(LawComparison, ChargesForCoefficientsThatEndOnABound) {
  Chinchilla no_limit = kSmallLaw;
  no_limit.E = 0.0;
  std::vector<double> budgets;
  for (int i = 0; i < 6; ++i) budgets.push_back(2e10 * std::pow(10, i / 3.0));
  auto runs = IsoflopGrid(no_limit, budgets, 7, 8.0);
  for (Observation& o : runs) o.L *= std::pow(o.C, -0.02);
  const MoreLaws laws =
      Compare(runs, Options({LawKind::kChinchilla, LawKind::kOvertraining}));
  ASSERT_TRUE(laws.comparison.has_value());
  ASSERT_TRUE(laws.fits[0].coefficients[0].at_bound);
  EXPECT_EQ(laws.comparison->scores[0].parameters, 6);
  EXPECT_EQ(laws.comparison->scores[1].parameters, 5);
}

TEST(LawComparison, TakesKaplansJointLawAlongWithOthers) {
  const auto runs = WithNoise(SmallSweep(), 2e-3, 4);
  const MoreLaws alone =
      Compare(runs, Options({LawKind::kChinchilla, LawKind::kKaplan}));
  EXPECT_TRUE(alone.fits.empty());
  const MoreLaws laws =
      Compare(runs, Options({LawKind::kKaplan, LawKind::kOvertraining}));
  ASSERT_EQ(laws.fits.size(), 2U);
  EXPECT_EQ(laws.fits[0].name, "kaplan_joint");
  EXPECT_TRUE(laws.fits[0].certificate.certified());
  ASSERT_TRUE(laws.comparison.has_value());
  EXPECT_EQ(laws.comparison->scores[0].parameters, 6);
}

TEST(LawComparison, HoldsOutTheLargestFifthUnlessTold) {
  const auto runs = WithNoise(SmallSweep(), 2e-3, 4);
  FitOptions options = Options({LawKind::kChinchilla, LawKind::kOvertraining});
  EXPECT_EQ(Compare(runs, options).comparison->held_out, 7);
  options.holdout_above = 1e11;
  const auto told = Compare(runs, options).comparison;
  EXPECT_EQ(told->above_flops, 1e11);
  EXPECT_GT(told->held_out, 7);
}

TEST(LawComparison, PredictsHeldOutRunsByAFitThatHasNotSeenThem) {
  const auto runs = WithNoise(SmallSweep(), 2e-3, 4);
  const FitOptions options =
      Options({LawKind::kChinchilla, LawKind::kOvertraining});
  const LawComparison comparison = *Compare(runs, options).comparison;
  std::vector<Observation> seen;
  for (const Observation& o : runs) {
    if (o.C <= comparison.above_flops) seen.push_back(o);
  }
  const std::vector<LawRun> fitted = RunsOf(seen);
  const LawModel model = OvertrainingModel(fitted);
  const LawFit fit = FitLaw(model, fitted, {.objective = options.objective});
  double squares = 0.0;
  for (const Observation& o : runs) {
    if (o.C <= comparison.above_flops) continue;
    const auto predicted = Predict(model, fit.values(), RunsOf({&o, 1}));
    squares += std::pow(predicted.front() - o.L, 2);
  }
  const LawScore& score = comparison.scores[1];
  EXPECT_EQ(score.held_out->rms, std::sqrt(squares / comparison.held_out));
  EXPECT_EQ(score.refits, 11);
  EXPECT_EQ(score.uncertified_refits, 0);
}

TEST(LawComparison, SaysWhichLawsFoldsAreNotCertified) {
  ComparedLaw law{.name = "doubtful",
                  .parameters = 2,
                  .residuals = std::vector<WeightedResidual>(10, {0.1, 1.0}),
                  .fit = [](std::span<const Observation>) -> PartialFit {
                    return {.predict = [](const Observation&) { return 3.0; },
                            .certified = false};
                  }};
  const std::vector<Observation> runs(10, MakeObservation(1e8, 1e9, 3.0));
  const auto comparison =
      CompareLaws({law}, runs, {.loss = LossKind::kL2}, std::nullopt);
  const auto verdict = VerdictInWords(comparison, LossUnit::kNats);
  ASSERT_FALSE(verdict.empty());
  EXPECT_NE(verdict.back().find("doubtful: 10 of 10 fits"), std::string::npos)
      << verdict.back();
}

TEST(LawComparison, HasNoAiccOfAlmostAsManyParametersAsRuns) {
  const ComparedLaw law{
      .name = "many",
      .parameters = 8,
      .residuals = std::vector<WeightedResidual>(10, {0.1, 1.0}),
      .fit = [](std::span<const Observation>) { return PartialFit(); }};
  const std::vector<Observation> runs(10, MakeObservation(1e8, 1e9, 3.0));
  const ObjectiveOptions squares{.loss = LossKind::kL2};
  EXPECT_FALSE(CompareLaws({law}, runs, squares, {}).scores[0].aicc);
  ComparedLaw fewer = law;
  fewer.parameters = 7;
  EXPECT_TRUE(CompareLaws({fewer}, runs, squares, {}).scores[0].aicc);
}

TEST(LawComparison, NeedsTwoLaws) {
  const auto runs = WithNoise(SmallSweep(), 2e-3, 4);
  EXPECT_FALSE(
      Compare(runs, Options({LawKind::kOvertraining})).comparison.has_value());
  EXPECT_FALSE(
      Compare(runs, Options({LawKind::kChinchilla, LawKind::kRepeatedData}))
          .comparison.has_value());
}

TEST(LawComparison, GivesTheSameNumbersInWhateverOrderTheRunsAre) {
  auto runs = WithNoise(SmallSweep(), 2e-3, 4);
  const FitOptions options =
      Options({LawKind::kChinchilla, LawKind::kOvertraining});
  const auto once = Compare(runs, options).comparison;
  std::ranges::stable_sort(runs, {}, &Observation::N);
  const auto sorted = Compare(runs, options).comparison;
  for (std::size_t i = 0; i < once->scores.size(); ++i) {
    EXPECT_NEAR(sorted->scores[i].cross_validated->rms /
                    once->scores[i].cross_validated->rms,
                1.0, 1e-6);
  }
}

TEST(LawComparison, GivesTheSameNumbersAgain) {
  const auto runs = WithNoise(SmallSweep(), 2e-3, 4);
  const FitOptions options =
      Options({LawKind::kChinchilla, LawKind::kOvertraining});
  const auto once = Compare(runs, options).comparison;
  const auto again = Compare(runs, options).comparison;
  EXPECT_EQ(VerdictInWords(*once, LossUnit::kNats),
            VerdictInWords(*again, LossUnit::kNats));
  EXPECT_EQ(*once->scores[1].aicc, *again->scores[1].aicc);
}

TEST(LawComparison, IsTheSameWithAnyNumberOfThreads) {
  const auto runs = WithNoise(SmallSweep(), 0.003, 3);
  FitOptions options =
      Options({LawKind::kChinchilla, LawKind::kOvertraining, LawKind::kPower});
  options.bootstrap.threads = 1;
  const auto one = Compare(runs, options).comparison;
  options.bootstrap.threads = 4;
  const auto many = Compare(runs, options).comparison;
  ASSERT_TRUE(one && many);
  for (std::size_t i = 0; i < one->scores.size(); ++i) {
    EXPECT_EQ(one->scores[i].cross_validated->rms,
              many->scores[i].cross_validated->rms);
    EXPECT_EQ(one->scores[i].held_out->rms, many->scores[i].held_out->rms);
  }
}

}  // namespace
}  // namespace isoflop
