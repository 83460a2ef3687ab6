#include "analysis/fit/isoflop_scatter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "analysis/fit/fit.h"
#include "analysis/fit/isoflop_fit.h"
#include "analysis/report/fit_words.h"
#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// A fit whose minima have these errors of ln N*.
IsoflopFit WithErrors(const std::vector<double>& errors) {
  auto fit = FitIsoflop(SmallSweep());
  fit.budgets.resize(errors.size());
  for (std::size_t i = 0; i < errors.size(); ++i) {
    fit.budgets[i].params_opt_log_error = errors[i];
  }
  return fit;
}

std::vector<double> Weights(const IsoflopFit& fit) {
  return Transformed(fit.budgets, &IsoflopBudget::weight);
}

/// Profiles of seven runs whose minima lie off N* = 0.1 C^0.5 by these factors.
std::vector<Observation> Profiles(const std::vector<double>& off) {
  std::vector<Observation> runs;
  for (std::size_t i = 0; i < off.size(); ++i) {
    const double C = 1e18 * std::pow(10.0, 0.5 * static_cast<double>(i));
    const double middle = 0.1 * std::sqrt(C);
    for (int size = -3; size <= 3; ++size) {
      const double N = middle * std::pow(1.6, size);
      const double z = std::log(N / (middle * off[i]));
      runs.push_back(MakeObservation(N, C / (6.0 * N), 2.3 + 0.033 * z * z));
    }
  }
  return runs;
}

FitReport FitProfilesOf(const std::vector<double>& off, double noise) {
  FitOptions options;
  options.laws = {LawKind::kIsoflop};
  options.bootstrap.resamples = 200;
  return InWords(
      FitScalingLaws(MakeSet(WithNoise(Profiles(off), noise, 5)), options));
}

bool Warns(const FitReport& report, const std::string& words) {
  return std::ranges::any_of(report.warnings, [&](const std::string& warning) {
    return warning.find(words) != std::string::npos;
  });
}

constexpr std::array<double, 7> kFarOff = {1.15, 0.85, 1.1, 0.8,
                                           1.2,  0.9,  1.05};

TEST(IsoflopScatter, LeavesTheWeightsToTheVariancesWhereThereIsNone) {
  auto fit = WithErrors({1e-3, 1e-3, 1e-3, 1.0, 1.0, 1.0});
  ASSERT_TRUE(WeighByVariance(&fit));
  EXPECT_EQ(fit.weights, MinimumWeights::kInverseVariance);
  EXPECT_EQ(fit.heterogeneity->tau, 0.0);
  for (const IsoflopBudget& budget : fit.budgets) {
    EXPECT_DOUBLE_EQ(budget.weight, 1.0 / *budget.params_opt_log_variance);
  }
  EXPECT_GT(fit.budgets[0].weight, 100.0 * fit.budgets[5].weight);
}

TEST(IsoflopScatter, MakesTheWeightsEqualAsItGrows) {
  double unequal = 1e300;
  for (const double off : {1.0, 1.5, 10.0, 1000.0}) {
    auto fit = WithErrors({1e-3, 1e-3, 1e-3, 1.0, 1.0, 1.0});
    fit.budgets[1].params_opt->value *= off;
    ASSERT_TRUE(WeighByVariance(&fit));
    const auto [least, most] = std::ranges::minmax(Weights(fit));
    EXPECT_LT(most / least, unequal);
    unequal = most / least;
  }
  EXPECT_LT(unequal, 1.2);
}

TEST(IsoflopScatter, MakesOneWeightOfErrorsThatDifferByChanceAlone) {
  auto fit = WithErrors({0.02, 0.03, 0.02, 0.015, 0.03, 0.02});
  ASSERT_TRUE(WeighByVariance(&fit));
  EXPECT_DOUBLE_EQ(fit.budgets[0].weight, fit.budgets[1].weight);
  EXPECT_NEAR(fit.a.value, fit.a_unweighted.value, 1e-12);
}

TEST(IsoflopScatter, IsNotKnownWhereAMinimumHasNoVariance) {
  for (const std::optional<double> error :
       {std::optional<double>(), std::optional(0.0), std::optional(1e-15)}) {
    auto fit = WithErrors({0.1, 0.1, 0.1, 0.1, 0.1, 0.1});
    fit.budgets[2].params_opt_log_error = error;
    EXPECT_FALSE(WeighByVariance(&fit));
    EXPECT_EQ(fit.weights, MinimumWeights::kEqual);
    EXPECT_FALSE(fit.heterogeneity.has_value());
    AddExponentSpreads(&fit);
    EXPECT_TRUE(fit.a.spread.has_value());
  }
}

TEST(IsoflopScatter, IsInTheIntervalsAndAWarning) {
  const FitReport report =
      FitProfilesOf({kFarOff.begin(), kFarOff.end()}, 0.001);
  const IsoflopFit& fit = *report.isoflop;
  ASSERT_TRUE(fit.heterogeneity.has_value());
  EXPECT_GT(fit.heterogeneity->PerDegree(), 5.0);
  EXPECT_NEAR(fit.heterogeneity->tau, 0.15, 0.06);
  EXPECT_TRUE(Warns(report, "chi2 per degree of freedom"));
  const double t = StudentTQuantile(0.975, 5.0);
  for (const Estimate& estimate : {fit.a, fit.b, fit.a_unweighted}) {
    const auto [low, high] = estimate.spread->interval95;
    EXPECT_NEAR(high - estimate.value, t * estimate.spread->standard_error,
                1e-6);
    EXPECT_NEAR(estimate.value - low, high - estimate.value, 1e-12);
    EXPECT_LE(low, 0.5);
    EXPECT_GE(high, 0.5);
  }
}

TEST(IsoflopScatter, GivesBothExponentsOneInterval) {
  // D* = C / (6 N*), so b = 1 - a.
  const IsoflopFit fit =
      *FitProfilesOf({kFarOff.begin(), kFarOff.end()}, 0.001).isoflop;
  EXPECT_NEAR(fit.b.spread->standard_error, fit.a.spread->standard_error, 1e-9);
  EXPECT_NEAR(fit.b.spread->interval95.low, 1.0 - fit.a.spread->interval95.high,
              1e-9);
}

TEST(IsoflopScatter, IsNotWarnedOfWhereTheNoiseExplainsIt) {
  const FitReport report = FitProfilesOf(std::vector<double>(7, 1.0), 0.001);
  EXPECT_GT(report.isoflop->heterogeneity->p_value, 0.01);
  EXPECT_FALSE(Warns(report, "chi2 per degree of freedom"));
}

TEST(IsoflopScatter, CannotBeKnownOfTwoMinimaWhichIsSaid) {
  const FitReport report = FitProfilesOf({1.0, 1.0}, 0.001);
  EXPECT_FALSE(report.isoflop->heterogeneity.has_value());
  EXPECT_TRUE(report.isoflop->a.spread.has_value());
  EXPECT_TRUE(Warns(report, "cannot know how minima scatter"));
}

TEST(IsoflopScatter, OfLossesWithoutNoiseIsTheMeanSquareAboutTheLine) {
  const FitReport report = FitProfilesOf({kFarOff.begin(), kFarOff.end()}, 0.0);
  const IsoflopFit& fit = *report.isoflop;
  EXPECT_EQ(fit.weights, MinimumWeights::kEqual);
  EXPECT_FALSE(fit.heterogeneity.has_value());
  EXPECT_NEAR(fit.a.spread->standard_error,
              fit.a_unweighted.spread->standard_error, 1e-12);
  EXPECT_GT(fit.a.spread->standard_error, 0.01);
}

}  // namespace
}  // namespace isoflop
