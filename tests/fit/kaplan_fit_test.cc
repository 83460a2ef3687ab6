#include "analysis/fit/kaplan_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/laws/kaplan.h"
#include "tests/regress/synthetic.h"

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
  EXPECT_NE(fit.L_N.reason.find("there is no run for this law"),
            std::string::npos);
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
  EXPECT_NE(fit.L_N.reason.find("a factor of only 1.5"), std::string::npos);
}

/// What a set of runs at one D shows is a law of N, by whatever name.
TEST(KaplanFit, RefusesALawOfComputeWhereOnlyNOrDVaries) {
  const auto reason = [](const std::vector<double>& sizes,
                         const std::vector<double>& tokens) {
    return FitKaplan(FullGrid(kSmallLaw, sizes, tokens), std::nullopt)
        .L_C.reason;
  };
  EXPECT_NE(reason(Doubling(1e6, 8), {1e9}).find("a law of N, not of C"),
            std::string::npos);
  EXPECT_NE(
      reason({1e6, 1.004e6}, Doubling(1e8, 8)).find("a law of D, not of C"),
      std::string::npos);
}

TEST(KaplanFit, RefusesALossThatDoesNotFall) {
  auto runs = EdgesOfTheSurface();
  for (Observation& o : runs) o.L = 3.0;
  const auto fit = FitKaplan(runs, kSurface);
  EXPECT_EQ(fit.L_N.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.L_N.reason.find("does not fall"), std::string::npos);
  EXPECT_FALSE(fit.supported());
}

// Published: Kaplan et al. 2020, section 1.2; C_c is 3.1e8 PF-days.
TEST(KaplanFit, RecoversThePublishedConstants) {
  const Chinchilla surface{.E = 0.0,
                           .A = std::pow(8.8e13, 0.076),
                           .B = std::pow(5.4e13, 0.095),
                           .alpha = 0.076,
                           .beta = 0.095};
  auto runs = FullGrid(surface, Doubling(1e6, 10), {1e250});
  const auto data = FullGrid(surface, {1e280}, Doubling(1e8, 10));
  runs.insert(runs.end(), data.begin(), data.end());
  const auto fit = FitKaplan(runs, surface);
  ASSERT_EQ(fit.L_N.status, FitStatus::kOk) << fit.L_N.reason;
  ASSERT_EQ(fit.L_D.status, FitStatus::kOk) << fit.L_D.reason;
  EXPECT_NEAR(fit.L_N.exponent.value, 0.076, 1e-6);
  EXPECT_NEAR(fit.L_N.scale.value / 8.8e13, 1.0, 1e-4);
  EXPECT_NEAR(fit.L_D.exponent.value, 0.095, 1e-6);
  EXPECT_NEAR(fit.L_D.scale.value / 5.4e13, 1.0, 1e-4);
}

TEST(KaplanFit, RecoversThePublishedComputeLaw) {
  const double scale = 3.1e8 * 8.64e19;
  std::vector<Observation> runs;
  for (const double C : Doubling(1e18, 12)) {
    runs.push_back(MakeObservation(0.1 * std::sqrt(C), std::sqrt(C) / 0.6,
                                   std::pow(scale / C, 0.050)));
  }
  const auto fit = FitKaplan(runs, std::nullopt);
  ASSERT_EQ(fit.L_C.status, FitStatus::kOk) << fit.L_C.reason;
  EXPECT_NEAR(fit.L_C.exponent.value, 0.050, 1e-9);
  EXPECT_NEAR(fit.L_C.scale.value / scale, 1.0, 1e-6);
  EXPECT_NEAR(fit.L_C.with_offset.E.value, 0.0, 1e-4);
}

TEST(KaplanFit, FindsTheIrreducibleLossOfEachCurve) {
  Chinchilla surface = kSurface;
  surface.E = 1.3;
  auto runs = FullGrid(surface, Doubling(1e3, 8), {1e100});
  const auto data = FullGrid(surface, {1e100}, Doubling(1e6, 8));
  runs.insert(runs.end(), data.begin(), data.end());
  const auto fit = FitKaplan(runs, surface);
  for (const KaplanCurve* curve : {&fit.L_N, &fit.L_D}) {
    const KaplanOffsetCurve& offset = curve->with_offset;
    ASSERT_EQ(offset.status, FitStatus::kOk) << offset.reason;
    EXPECT_NEAR(offset.E.value, 1.3, 1e-4);
    EXPECT_NEAR(offset.exponent.value, 0.1, 1e-5);
    EXPECT_NEAR(offset.scale.value / std::pow(20.0, 10.0), 1.0, 1e-2);
    EXPECT_LT(offset.rms_log_residual, 1e-7);
    EXPECT_GT(curve->rms_log_residual, 1e-4);
  }
}

TEST(KaplanFit, SaysHowManyPointsOfTheEnvelopeAreAtAnEdge) {
  const auto fit = FitKaplan(SmallSweep(), kSmallLaw);
  EXPECT_NE(fit.L_C.selection.find("6 runs on the lower envelope"),
            std::string::npos);
  EXPECT_NE(fit.L_C.selection.find("0 of them are of the smallest"),
            std::string::npos)
      << fit.L_C.selection;
}

TEST(KaplanFit, RefusesAScaleThatIsNoNumber) {
  std::vector<Observation> runs;
  for (const double N : Doubling(1e250, 6)) {
    runs.push_back(MakeObservation(N, 1e-230 * N, 1e4 * std::pow(N, -0.01)));
  }
  const auto fit = FitKaplan(runs, kSurface);
  EXPECT_EQ(fit.L_C.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.L_C.reason.find("too large or too small"), std::string::npos)
      << fit.L_C.reason;
}

TEST(KaplanFit, SaysWhichRunsItUsed) {
  const auto fit = FitKaplan(EdgesOfTheSurface(), kSurface);
  EXPECT_NE(fit.L_N.selection.find("5 of 6 runs"), std::string::npos)
      << fit.L_N.selection;
  EXPECT_NE(fit.L_C.selection.find("envelope"), std::string::npos);
}

}  // namespace
}  // namespace isoflop
