#include "analysis/fit/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/fit/fit.h"
#include "analysis/report/fit_words.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

FitReport FitSweep(std::vector<Observation> runs, const BootstrapOptions& b) {
  FitOptions options;
  options.bootstrap = b;
  options.budgets_flops = {1e12};
  return InWords(FitScalingLaws(MakeSet(std::move(runs)), options));
}

/// Four runs of a size share a trunk, as in a sweep.
std::vector<Observation> WithTrunks(std::vector<Observation> runs) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].group = "trunk-" + std::to_string(i % 7);
  }
  return runs;
}

TEST(Bootstrap, DoesNotDependOnTheNumberOfThreads) {
  const auto runs = WithNoise(SmallSweep(), 0.005, 4);
  const auto one =
      FitSweep(runs, {.resamples = 40, .unit = {}, .seed = 7, .threads = 1});
  const auto five =
      FitSweep(runs, {.resamples = 40, .unit = {}, .seed = 7, .threads = 5});
  ASSERT_EQ(one.chinchilla_bootstrap->laws.size(),
            five.chinchilla_bootstrap->laws.size());
  for (std::size_t i = 0; i < one.chinchilla_bootstrap->laws.size(); ++i) {
    const Chinchilla& a = one.chinchilla_bootstrap->laws[i];
    const Chinchilla& b = five.chinchilla_bootstrap->laws[i];
    EXPECT_EQ(a.E, b.E);
    EXPECT_EQ(a.A, b.A);
    EXPECT_EQ(a.beta, b.beta);
  }
  EXPECT_EQ(one.isoflop->a.spread->interval95.low,
            five.isoflop->a.spread->interval95.low);
  EXPECT_EQ(one.kaplan->L_C.exponent.spread->standard_error,
            five.kaplan->L_C.exponent.spread->standard_error);
}

TEST(Bootstrap, ChangesWithTheSeed) {
  const auto runs = WithNoise(SmallSweep(), 0.005, 4);
  const auto one =
      FitSweep(runs, {.resamples = 20, .unit = {}, .seed = 1, .threads = 1});
  const auto two =
      FitSweep(runs, {.resamples = 20, .unit = {}, .seed = 2, .threads = 1});
  EXPECT_NE(one.chinchilla_bootstrap->a.standard_error,
            two.chinchilla_bootstrap->a.standard_error);
}

TEST(Bootstrap, HasNoSpreadWhereThereIsNoNoise) {
  const auto report = FitSweep(
      SmallSweep(), {.resamples = 20, .unit = {}, .seed = 1, .threads = 1});
  const ChinchillaBootstrap& spread = *report.chinchilla_bootstrap;
  EXPECT_EQ(spread.failed, 0);
  EXPECT_LT(spread.E.standard_error, 1e-6);
  EXPECT_LT(spread.alpha.standard_error, 1e-6);
  EXPECT_NEAR(spread.a.interval95.low, ParamsExponent(kSmallLaw), 1e-6);
}

TEST(Bootstrap, CoversTheTruthOfNoisyData) {
  const auto report =
      FitSweep(WithNoise(SmallSweep(), 0.005, 21),
               {.resamples = 200, .unit = {}, .seed = 3, .threads = 2});
  const auto covers = [](const Spread& spread, double truth) {
    return spread.interval95.low <= truth && truth <= spread.interval95.high;
  };
  const ChinchillaBootstrap& spread = *report.chinchilla_bootstrap;
  EXPECT_TRUE(covers(spread.E, kSmallLaw.E));
  EXPECT_TRUE(covers(spread.A, kSmallLaw.A));
  EXPECT_TRUE(covers(spread.B, kSmallLaw.B));
  EXPECT_TRUE(covers(spread.alpha, kSmallLaw.alpha));
  EXPECT_TRUE(covers(spread.beta, kSmallLaw.beta));
  EXPECT_TRUE(covers(spread.a, ParamsExponent(kSmallLaw)));
  const Optimum truth = OptimumAt(kSmallLaw, 1e12);
  EXPECT_TRUE(covers(*report.allocations[0].params_opt.spread, truth.N));
  EXPECT_TRUE(covers(*report.allocations[0].loss.spread, truth.loss));
  EXPECT_TRUE(covers(*report.isoflop->a.spread, ParamsExponent(kSmallLaw)));
}

TEST(Bootstrap, DrawsGroupsUnlessToldOtherwise) {
  const auto runs = WithTrunks(WithNoise(SmallSweep(), 0.005, 4));
  const auto group = FitSweep(runs, {.resamples = 5, .unit = {}, .threads = 1});
  EXPECT_EQ(group.resampling->unit, ResampleUnit::kGroup);
  EXPECT_EQ(group.resampling->units, 7);
  const auto run = FitSweep(
      runs, {.resamples = 5, .unit = ResampleUnit::kRun, .threads = 1});
  EXPECT_EQ(run.resampling->unit, ResampleUnit::kRun);
  EXPECT_EQ(run.resampling->units, 42);
}

TEST(Bootstrap, IsWiderByGroupWhereTrunksShareTheirNoise) {
  auto runs = WithTrunks(SmallSweep());
  RandomStream stream(12);
  std::vector<double> shift(7);
  for (double& s : shift) s = 0.01 * stream.Normal();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].L *= std::exp(shift[i % 7]);
  }
  const auto by_group =
      FitSweep(runs, {.resamples = 100, .unit = {}, .threads = 2});
  const auto by_run = FitSweep(
      runs, {.resamples = 100, .unit = ResampleUnit::kRun, .threads = 2});
  EXPECT_GT(by_group.chinchilla_bootstrap->alpha.standard_error,
            1.2 * by_run.chinchilla_bootstrap->alpha.standard_error);
}

TEST(Bootstrap, CountsRefitsThatFail) {
  auto runs = FullGrid(kSmallLaw, Doubling(1e4, 3), Doubling(1e6, 3));
  const auto report =
      FitSweep(WithNoise(runs, 0.02, 3),
               {.resamples = 60, .unit = {}, .seed = 1, .threads = 1});
  if (report.chinchilla_bootstrap) {
    EXPECT_EQ(report.chinchilla_bootstrap->failed +
                  static_cast<int>(report.chinchilla_bootstrap->laws.size()),
              60);
    EXPECT_GT(report.chinchilla_bootstrap->failed, 0);
  }
  EXPECT_TRUE(std::ranges::any_of(report.warnings, [](const std::string& w) {
    return w.find("bootstrap refits failed") != std::string::npos;
  }));
}

TEST(Bootstrap, SaysWhyFourGroupsHaveNoIntervals) {
  auto runs = WithNoise(SmallSweep(), 0.005, 4);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].group = "trunk-" + std::to_string(i % 4);
  }
  const auto report = FitSweep(runs, {.resamples = 40, .unit = {}});
  EXPECT_FALSE(report.resampling.has_value());
  EXPECT_FALSE(report.chinchilla_bootstrap.has_value());
  EXPECT_TRUE(std::ranges::any_of(report.warnings, [](const std::string& w) {
    return w.find("would draw from only 4 groups, and at least 5") !=
           std::string::npos;
  }));
}

TEST(Bootstrap, RefitsOnlyTheLawsThatHaveAnEstimate) {
  const auto runs = WithNoise(SmallSweep(), 0.005, 4);
  const auto fit = FitChinchilla(runs, {});
  const auto replicates = Resample(runs, {.resamples = 3, .units = 42}, {},
                                   {.chinchilla = &fit}, 1);
  ASSERT_EQ(replicates.size(), 3U);
  for (const Replicate& replicate : replicates) {
    EXPECT_TRUE(replicate.chinchilla.has_value());
    EXPECT_TRUE(replicate.isoflop.budgets.empty());
    EXPECT_TRUE(replicate.envelope.optima.empty());
  }
}

TEST(Bootstrap, CountsALawThatIsNoNumberAsFailed) {
  std::vector<Replicate> replicates(10);
  for (std::size_t i = 0; i < 10; ++i) replicates[i].chinchilla = kSmallLaw;
  replicates[3].chinchilla->A = INFINITY;
  replicates[7].chinchilla->E = NAN;
  const auto bootstrap = ChinchillaSpreads(replicates, kSmallLaw, 42);
  ASSERT_TRUE(bootstrap.has_value());
  EXPECT_EQ(bootstrap->failed, 2);
  EXPECT_EQ(bootstrap->laws.size(), 8U);
  EXPECT_TRUE(std::isfinite(bootstrap->A.standard_error));
}

TEST(Bootstrap, IsLeftOutWhenNoResamplesAreAskedFor) {
  const auto report = FitSweep(SmallSweep(), {.resamples = 0, .unit = {}});
  EXPECT_FALSE(report.resampling.has_value());
  EXPECT_FALSE(report.chinchilla_bootstrap.has_value());
  EXPECT_FALSE(report.isoflop->a.spread.has_value());
  EXPECT_FALSE(report.allocations[0].params_opt.spread.has_value());
}

}  // namespace
}  // namespace isoflop
