#include "analysis/fit/kaplan_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/laws/kaplan.h"
#include "tests/fit/synthetic.h"

namespace isoflop {
namespace {

// A surface without irreducible loss is, along its edges, Kaplan's two laws.
constexpr Chinchilla kSurface{
    .E = 0.0, .A = 20.0, .B = 20.0, .alpha = 0.1, .beta = 0.1};

/// Sizes and tokens so far apart that one term is 1e-9 of the other.
std::vector<Observation> EdgesOfTheSurface() {
  auto runs = FullGrid(kSurface, Doubling(1e3, 5), {1e100});
  const auto data = FullGrid(kSurface, {1e100}, Doubling(1e6, 5));
  runs.insert(runs.end(), data.begin(), data.end());
  return runs;
}

TEST(KaplanFit, FindsTheSizeLawOfRunsWithAmpleData) {
  const auto fit = FitKaplan(EdgesOfTheSurface(), kSurface);
  ASSERT_EQ(fit.L_N.status, FitStatus::kOk) << fit.L_N.reason;
  EXPECT_NEAR(fit.L_N.exponent.value, 0.1, 1e-6);
  EXPECT_NEAR(fit.L_N.scale.value / std::pow(20.0, 10.0), 1.0, 1e-4);
  EXPECT_EQ(fit.L_N.runs, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(KaplanFit, FindsTheDataLawOfAmpleModels) {
  const auto fit = FitKaplan(EdgesOfTheSurface(), kSurface);
  ASSERT_EQ(fit.L_D.status, FitStatus::kOk) << fit.L_D.reason;
  EXPECT_NEAR(fit.L_D.exponent.value, 0.1, 1e-6);
  EXPECT_EQ(fit.L_D.runs, (std::vector<std::size_t>{5, 6, 7, 8, 9}));
}

TEST(KaplanFit, FindsTheComputeLawOfTheEnvelope) {
  Chinchilla law = kSmallLaw;
  law.E = 0.0;
  std::vector<Observation> runs;
  for (double C = 1e12; C < 1e17; C *= 10.0) {
    const Optimum best = OptimumAt(law, C);
    runs.push_back(MakeObservation(best.N, best.D, best.loss));
  }
  const auto fit = FitKaplan(runs, std::nullopt);
  ASSERT_EQ(fit.L_C.status, FitStatus::kOk) << fit.L_C.reason;
  const double expected = law.alpha * law.beta / (law.alpha + law.beta);
  EXPECT_NEAR(fit.L_C.exponent.value, expected, 1e-9);
  EXPECT_LT(fit.L_C.rms_log_residual, 1e-9);
}

TEST(KaplanFit, TakesTheLongestRunOfEachSize) {
  const auto runs = FullGrid(kSurface, Doubling(1e3, 4), {1e80, 1e100, 1e90});
  const auto fit = FitKaplan(runs, kSurface);
  EXPECT_EQ(fit.L_N.runs, (std::vector<std::size_t>{1, 4, 7, 10}));
}

TEST(KaplanFit, TakesEverySeedOfTheLongestRun) {
  auto runs = FullGrid(kSurface, Doubling(1e3, 4), {1e80, 1e100});
  runs.push_back(runs[1]);
  const auto fit = FitKaplan(runs, kSurface);
  EXPECT_EQ(fit.L_N.runs, (std::vector<std::size_t>{1, 8, 3, 5, 7}));
}

TEST(KaplanFit, RefusesWhenDataLimitEveryRun) {
  const auto fit =
      FitKaplan(FullGrid(kSurface, Doubling(1e12, 4), {1e6, 1e7}), kSurface);
  EXPECT_EQ(fit.L_N.status, FitStatus::kUnsupported);
  EXPECT_TRUE(fit.L_N.runs.empty());
  EXPECT_NE(fit.L_N.reason.find("0 different values"), std::string::npos);
}

TEST(KaplanFit, CannotTellWhatLimitsARunWithoutASurface) {
  const auto fit = FitKaplan(EdgesOfTheSurface(), std::nullopt);
  EXPECT_EQ(fit.L_N.status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.L_D.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.L_N.reason.find("Approach 3"), std::string::npos);
}

TEST(KaplanFit, RefusesAVariableThatHardlyVaries) {
  const auto fit =
      FitKaplan(FullGrid(kSurface, {1e3, 1.2e3, 1.5e3}, {1e100}), kSurface);
  EXPECT_EQ(fit.L_N.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.L_N.reason.find("a factor of 1.5"), std::string::npos);
}

TEST(KaplanFit, RefusesALossThatDoesNotFall) {
  auto runs = EdgesOfTheSurface();
  for (Observation& o : runs) o.L = 3.0;
  const auto fit = FitKaplan(runs, kSurface);
  EXPECT_EQ(fit.L_N.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.L_N.reason.find("does not fall"), std::string::npos);
  EXPECT_FALSE(fit.supported());
}

TEST(KaplanFit, SaysWhichRunsItUsed) {
  const auto fit = FitKaplan(EdgesOfTheSurface(), kSurface);
  EXPECT_NE(fit.L_N.selection.find("5 of 6 runs"), std::string::npos)
      << fit.L_N.selection;
  EXPECT_NE(fit.L_C.selection.find("envelope"), std::string::npos);
}

}  // namespace
}  // namespace isoflop
