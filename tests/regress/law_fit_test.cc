// The fitter of any law: with something held, its profiles, and where there is
// no law. That it finds laws: law_models_test.cc.

#include "analysis/regress/law_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/laws/repeated_data.h"
#include "analysis/regress/law_models.h"
#include "tests/regress/law_runs.h"

namespace isoflop {
namespace {

TEST(LawFit, HoldsWhatItIsTold) {
  const std::vector<LawRun> runs = RepeatedRuns();
  LawFitOptions options;
  options.objective.fixed = {{"E", kRepeatedData.E},
                             {"A", kRepeatedData.A},
                             {"B", kRepeatedData.B},
                             {"alpha", kRepeatedData.alpha},
                             {"beta", kRepeatedData.beta}};
  const LawFit fit = FitLaw(RepeatedDataModel(runs), runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_EQ(fit.free, 2);
  EXPECT_TRUE(fit.coefficients[0].held);
  EXPECT_EQ(ValueOf(fit, "A"), kRepeatedData.A);
  EXPECT_NEAR(ValueOf(fit, "R_D"), kRepeatedData.R_D, 1e-6);
}

TEST(LawFit, ProfilesBracketTheEstimateNearTheTruth) {
  const auto runs = OvertrainedRuns(0.005);
  LawFitOptions options;
  options.objective.loss = LossKind::kStudentT;
  const LawFit fit = FitLaw(OvertrainingModel(runs), runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const auto& profile = fit.coefficients[3].profile;
  ASSERT_TRUE(profile && profile->low && profile->high);
  const double width = *profile->high - *profile->low;
  EXPECT_LT(*profile->low, fit.coefficients[3].value);
  EXPECT_GT(*profile->high, fit.coefficients[3].value);
  EXPECT_NEAR(fit.coefficients[3].value, kOvertraining.eta, width);
  EXPECT_LT(profile->improvement, 1e-6);
}

TEST(LawFit, IsUnsupportedWithAReason) {
  const std::vector<LawRun> runs = RepeatedRuns();
  const auto reason = [](const LawModel& model, std::span<const LawRun> some) {
    const LawFit fit = FitLaw(model, some, {});
    EXPECT_EQ(fit.status, FitStatus::kUnsupported) << model.name;
    return fit.reason;
  };
  const auto few = std::span(runs).first(5);
  EXPECT_NE(reason(RepeatedDataModel(few), few).find("at least 8"),
            std::string::npos);
  std::vector<LawRun> unique = runs;
  for (LawRun& run : unique) run.U = run.D;
  EXPECT_NE(reason(RepeatedDataModel(unique), unique).find("unique_tokens"),
            std::string::npos);
  std::vector<LawRun> flat = runs;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    flat[i].N = 1e9;
    flat[i].D *= 1.0 + 0.01 * static_cast<double>(i);
  }
  EXPECT_NE(reason(OvertrainingModel(flat), flat).find("N is 1e+09 in all"),
            std::string::npos);
  for (LawRun& run : flat) run.x = 1e9;
  EXPECT_NE(reason(PowerLawModel(flat), flat).find("some with the same x"),
            std::string::npos);
}

/// But for laws that can be a constant.
TEST(LawFit, IsUnsupportedWhereYIsTheSameEverywhere) {
  for (auto& [model, runs] : EveryLaw(0.0)) {
    for (LawRun& run : runs) run.y = 2.0;
    if (model.name == "power") continue;
    const LawFit fit = FitLaw(model, runs, {});
    EXPECT_EQ(fit.status, FitStatus::kUnsupported) << model.name;
    EXPECT_FALSE(fit.reason.empty()) << model.name;
  }
}

TEST(LawFit, ComparesMinimaWithADensityOfTheirOwn) {
  std::vector<LawRun> runs = RepeatedRuns(0.003);
  for (std::size_t i = 0; i < runs.size(); i += 7) runs[i].y *= 1.05;
  LawFitOptions options;
  options.objective.loss = LossKind::kStudentT;
  options.profiles = false;
  const LawFit fit = FitLaw(OvertrainingModel(runs), runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const auto again = EstimateStudentT(fit.residuals);
  ASSERT_TRUE(again && fit.student_t);
  EXPECT_LT(LogChange(*fit.student_t, *again), kDensitySettled);
  EXPECT_TRUE(fit.certificate.certified());
  EXPECT_LE(fit.certificate.agreeing, fit.certificate.starts);
}

/// A second implementation: the whole fit again, with the coefficient held, and
/// with a density of its own.
TEST(LawFit, ProfilesEndWhereTheFitWithTheValueHeldHasRisen) {
  const auto runs = OvertrainedRuns(0.005);
  LawFitOptions options;
  options.objective.loss = LossKind::kStudentT;
  const LawModel model = OvertrainingModel(runs);
  const LawFit fit = FitLaw(model, runs, options);
  const auto& profile = fit.coefficients[3].profile;
  ASSERT_TRUE(profile && profile->low && profile->high);
  options.profiles = false;
  for (const double end : {*profile->low, *profile->high}) {
    options.objective.fixed = {{"eta", end}};
    const LawFit held = FitLaw(model, runs, options);
    ASSERT_EQ(held.status, FitStatus::kOk) << held.reason;
    EXPECT_NEAR((held.objective - fit.objective) / profile->rise, 1.0, 1e-3);
  }
}

TEST(LawFit, HasTheSameProfilesWithAnyNumberOfThreads) {
  const auto runs = OvertrainedRuns(0.005);
  const LawModel model = OvertrainingModel(runs);
  const LawFit one = FitLaw(model, runs, {.objective = {}, .threads = 1});
  const LawFit many = FitLaw(model, runs, {.objective = {}, .threads = 4});
  ASSERT_EQ(one.status, FitStatus::kOk) << one.reason;
  for (std::size_t k = 0; k < one.coefficients.size(); ++k) {
    ASSERT_TRUE(one.coefficients[k].profile && many.coefficients[k].profile);
    EXPECT_EQ(one.coefficients[k].profile->low,
              many.coefficients[k].profile->low);
    EXPECT_EQ(one.coefficients[k].profile->high,
              many.coefficients[k].profile->high);
  }
}

TEST(LawFit, EndsAtTheSameOptimumWhereverItIsToldToBegin) {
  int fitted = 0;
  for (const auto& [model, runs] : EveryLaw(0.01)) {
    LawFitOptions options{.objective = {}, .profiles = false};
    const LawFit fit = FitLaw(model, runs, options);
    if (fit.status != FitStatus::kOk) continue;
    ++fitted;
    for (const double off : {1.0, 1.02, 2.0}) {
      options.near = off * fit.values();
      const LawFit near = FitLaw(model, runs, options);
      ASSERT_EQ(near.status, FitStatus::kOk) << model.name << near.reason;
      EXPECT_NEAR(near.objective, fit.objective, 1e-9 * fit.objective)
          << model.name << " from " << off;
      EXPECT_LE(near.certificate.starts, fit.certificate.starts) << model.name;
      EXPECT_TRUE(near.certificate.certified()) << model.name;
    }
  }
  EXPECT_GE(fitted, 8);
}

TEST(LawFit, HasNoProfilesOfVeryManyRunsNorWithoutNoise) {
  const auto some = OvertrainedRuns(0.005);
  const LawModel model = OvertrainingModel(some);
  LawFit fit = FitLaw(model, some, {.objective = {}, .profiles = false});
  std::vector<LawRun> many;
  while (many.size() <= kMostProfiled) {
    many.insert(many.end(), some.begin(), some.end());
  }
  AddProfiles(model, many, {}, &fit);
  for (const auto& c : fit.coefficients) EXPECT_FALSE(c.profile) << c.name;
  const auto exact = OvertrainedRuns();
  const LawFit without = FitLaw(OvertrainingModel(exact), exact, {});
  for (const auto& c : without.coefficients) EXPECT_FALSE(c.profile) << c.name;
}

TEST(LawFit, HasNothingToFitWhereEveryCoefficientIsHeld) {
  for (const auto& [model, runs] : EveryLaw(0.01)) {
    LawFitOptions options;
    for (const Coefficient& c : model.coefficients) {
      options.objective.fixed[c.name] = 1.0;
    }
    if (model.name == "recipes") continue;  // names are not unique
    EXPECT_EQ(CountFree(model, options.objective), 0) << model.name;
    const LawFit fit = FitLaw(model, runs, options);
    EXPECT_EQ(fit.status, FitStatus::kUnsupported) << model.name;
    EXPECT_EQ(fit.reason, "every coefficient is held: nothing is left to fit")
        << model.name;
  }
}

TEST(LawFit, CountsDifferentRunsNotRows) {
  std::vector<LawRun> runs = OvertrainedRuns(0.01);
  runs.resize(12);  // of four D, each thrice
  const LawFit fit = FitLaw(OvertrainingModel(runs), runs, {});
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.reason,
            "4 observations (12 runs, some with the same N and D) cannot test "
            "a law of 4 parameters: at least 5 are needed");
  // With U they differ, and a law that sees U counts all.
  const LawFit other = FitLaw(RepeatedDataModel(runs), runs, {});
  EXPECT_EQ(other.reason.find("cannot test"), std::string::npos);
}

TEST(LawFit, HoldsNamesThatAModelHasAndTiesAlphaToBeta) {
  const auto runs = RepeatedRuns();
  ObjectiveOptions options;
  options.tied_exponents = true;
  options.fixed = {{"alpha", 0.3}, {"R_D", 15.0}};
  const LawModel chinchilla = ChinchillaModel(runs);
  const Constraints plain = ConstraintsOf(chinchilla, options);
  EXPECT_EQ(plain.held[3], 0.3);
  EXPECT_EQ(plain.tied, std::pair(3, 4));
  EXPECT_EQ(CountFree(chinchilla, options), 3);
  EXPECT_EQ(CountFree(RepeatedDataModel(runs), options), 4);
  const LawModel overtraining = OvertrainingModel(runs);
  EXPECT_FALSE(ConstraintsOf(overtraining, options).tied);
  EXPECT_EQ(CountFree(overtraining, options), 4);
  options.fixed.clear();
  EXPECT_FALSE(ConstraintsOf(FarseerModel(runs), options).tied);
}

TEST(LawFit, PredictsWhatTheLawSaysOfEveryRun) {
  const auto runs = OfTwoVariants(RepeatedRuns());
  Eigen::VectorXd p(7);
  const RepeatedData& l = kRepeatedData;
  p << l.E, l.A, l.B, l.alpha, l.beta, l.R_D, l.R_N;
  const auto repeated = Predict(RepeatedDataModel(runs), p, runs);
  ASSERT_EQ(repeated.size(), runs.size());
  Eigen::VectorXd recipes(7);  // E, two A, two B, alpha, beta
  recipes << l.E, l.A, 2.0 * l.A, l.B, 0.5 * l.B, l.alpha, l.beta;
  const auto joint =
      Predict(RecipesModel(runs, 2, RecipeSharing::kExponents), recipes, runs);
  const Chinchilla laws[] = {{l.E, l.A, l.B, l.alpha, l.beta},
                             {l.E, 2.0 * l.A, 0.5 * l.B, l.alpha, l.beta}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_NEAR(repeated[i] / runs[i].y, 1.0, 1e-12);
    const double loss = Loss(laws[runs[i].variant], runs[i].N, runs[i].D);
    EXPECT_NEAR(joint[i] / loss, 1.0, 1e-12);
  }
}

}  // namespace
}  // namespace isoflop
