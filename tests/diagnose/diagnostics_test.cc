#include "analysis/diagnose/diagnostics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::vector<Observation> Repeated(double sigma, std::uint64_t key) {
  std::vector<Observation> runs;
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    for (Observation o : WithNoise(SmallSweep(), sigma, key + 100 * seed)) {
      o.seed = static_cast<std::int64_t>(seed);
      runs.push_back(o);
    }
  }
  return runs;
}

Diagnostics DiagnoseRuns(const std::vector<Observation>& runs) {
  const ObjectiveOptions options{.loss = LossKind::kL2};
  return Diagnose(runs, {}, options, FitChinchilla(runs, options),
                  SeedNoiseOf(runs));
}

TEST(Residuals, ArePredictedOverObserved) {
  auto runs = SmallSweep();
  runs[4].L *= 1.02;
  const Residuals residuals = ResidualsOf(runs, kSmallLaw);
  EXPECT_NEAR(residuals.runs[4].log_residual, -std::log(1.02), 1e-12);
  EXPECT_NEAR(residuals.runs[4].predicted, runs[4].L / 1.02, 1e-12);
  EXPECT_EQ(Worst(residuals, 1).front().run, 4U);
  EXPECT_EQ(Worst(residuals, 1000).size(), runs.size());
}

TEST(Residuals, OfNoiseGoWithNothing) {
  const auto runs = WithNoise(SmallSweep(), 0.005, 11);
  for (const ResidualTrend& trend : ResidualsOf(runs, kSmallLaw).trends) {
    EXPECT_FALSE(trend.notable()) << trend.quantity;
  }
}

TEST(Residuals, GoWithASizeThatTheLawGetsWrong) {
  auto runs = WithNoise(SmallSweep(), 0.0005, 11);
  for (Observation& o : runs) o.L *= std::pow(o.N / 1e5, 0.01);
  const auto trends = ResidualsOf(runs, kSmallLaw).trends;
  EXPECT_EQ(trends[0].quantity, "N");
  EXPECT_LT(trends[0].slope, -0.9);
  EXPECT_TRUE(trends[0].notable());
}

TEST(Residuals, ShowABendThatNoSlopeShows) {
  auto runs = FullGrid(kSmallLaw, Doubling(1e4, 7), Doubling(1e6, 7));
  for (Observation& o : runs) {
    const double x = std::log(o.D / 8e6);
    o.L *= std::exp(0.01 * x * x);
  }
  const auto trends = ResidualsOf(runs, kSmallLaw).trends;
  EXPECT_NEAR(trends[1].slope, 0.0, 0.1);
  EXPECT_LT(trends[1].bend, -0.9);
  EXPECT_TRUE(trends[1].notable());
}

TEST(LackOfFit, IsAbsentForATrueLaw) {
  const auto found = DiagnoseRuns(Repeated(0.004, 5));
  ASSERT_TRUE(found.lack_of_fit.has_value());
  EXPECT_EQ(found.lack_of_fit->cells, 42);
  EXPECT_EQ(found.lack_of_fit->degrees_of_freedom, 37);
  EXPECT_GT(found.lack_of_fit->p_value, 0.01);
  EXPECT_LT(found.lack_of_fit->F, 2.0);
}

TEST(LackOfFit, IsFoundWhereTheLawIsWrong) {
  auto runs = Repeated(0.0005, 5);
  for (Observation& o : runs) {
    const double x = std::log(o.D / o.N);
    o.L *= std::exp(0.01 * std::sin(x));
  }
  const auto found = DiagnoseRuns(runs);
  ASSERT_TRUE(found.lack_of_fit.has_value());
  EXPECT_GT(found.lack_of_fit->F, 10.0);
  EXPECT_LT(found.lack_of_fit->p_value, 1e-6);
}

TEST(LackOfFit, RejectsATrueLawAsOftenAsItSays) {
  int rejected = 0;
  constexpr int kSets = 60;
  for (int i = 0; i < kSets; ++i) {
    const auto runs = Repeated(0.004, 1000 + static_cast<std::uint64_t>(i));
    const ObjectiveOptions options{.loss = LossKind::kL2};
    const auto fit = FitChinchilla(runs, options);
    const auto test = TestLackOfFit(runs, fit.law, *SeedNoiseOf(runs), 5);
    rejected += test->p_value < 0.2 ? 1 : 0;
  }
  EXPECT_GE(rejected, 4);  // of 60, 12 expected with a deviation of 3.1
  EXPECT_LE(rejected, 21);
}

TEST(LackOfFit, NeedsMoreCellsThanCoefficients) {
  auto runs = SmallSweep();
  runs.resize(5);
  const SeedNoise given{.loss_std = 0.01, .degrees_of_freedom = {}};
  EXPECT_FALSE(TestLackOfFit(runs, kSmallLaw, given, 5).has_value());
}

TEST(Influence, OfARunIsTheRefitWithoutIt) {
  auto runs = WithNoise(SmallSweep(), 0.003, 7);
  runs[3].L *= 1.05;
  const ObjectiveOptions options;
  const auto fit = FitChinchilla(runs, options);
  const InfluenceStudy study = StudyInfluence(runs, options, fit);
  EXPECT_EQ(study.left_out, 42);
  ASSERT_EQ(study.single.size(), kMostReported);
  const Influence& most = study.single.front();
  auto others = runs;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(most.runs[0]));
  const auto refit = FitChinchilla(others, options);
  EXPECT_NEAR(most.alpha, refit.law.alpha - fit.law.alpha, 1e-7);
  EXPECT_NEAR(most.beta, refit.law.beta - fit.law.beta, 1e-7);
  EXPECT_NEAR(most.log_params_opt,
              std::log(OptimumAt(refit.law, study.flops).N /
                       OptimumAt(fit.law, study.flops).N),
              1e-6);
}

TEST(Influence, PutsTheLargestChangeFirst) {
  const auto runs = WithNoise(SmallSweep(), 0.003, 7);
  const auto study = StudyInfluence(runs, {}, FitChinchilla(runs, {}));
  EXPECT_TRUE(std::ranges::is_sorted(
      study.single, std::ranges::greater(), [](const Influence& influence) {
        return std::abs(influence.log_params_opt);
      }));
}

TEST(Influence, IsTheSameWithAnyNumberOfThreads) {
  const auto runs = WithNoise(SmallSweep(), 0.003, 7);
  const auto fit = FitChinchilla(runs, {});
  const auto one = StudyInfluence(runs, {}, fit, 1);
  const auto many = StudyInfluence(runs, {}, fit, 4);
  ASSERT_EQ(one.single.size(), many.single.size());
  for (std::size_t i = 0; i < one.single.size(); ++i) {
    EXPECT_EQ(one.single[i].runs, many.single[i].runs);
    EXPECT_EQ(one.single[i].log_params_opt, many.single[i].log_params_opt);
  }
}

TEST(Influence, OfRunsWithoutNoiseIsNone) {
  const auto runs = SmallSweep();
  const auto study = StudyInfluence(runs, {}, FitChinchilla(runs, {}));
  EXPECT_LT(std::abs(study.single.front().log_params_opt), 1e-6);
}

TEST(Influence, LeavesOutOnlyTheStrongestOfVeryManyRuns) {
  std::vector<Observation> runs;
  for (int i = 0; i < 50; ++i) {
    const auto more =
        WithNoise(SmallSweep(), 0.003, 70 + static_cast<std::uint64_t>(i));
    runs.insert(runs.end(), more.begin(), more.end());
  }
  const auto study = StudyInfluence(runs, {}, FitChinchilla(runs, {}));
  EXPECT_EQ(study.left_out, static_cast<int>(kMostCandidates));
  EXPECT_EQ(study.worst->runs.size(), 42U);
}

TEST(Diagnostics, AreAbsentWithoutALaw) {
  auto runs = SmallSweep();
  runs.resize(3);
  const auto found = DiagnoseRuns(runs);
  EXPECT_FALSE(found.residuals.has_value());
  EXPECT_FALSE(found.influence.has_value());
  EXPECT_FALSE(found.lack_of_fit.has_value());
}

}  // namespace
}  // namespace isoflop
