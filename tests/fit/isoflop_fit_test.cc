#include "analysis/fit/isoflop_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/fit_words.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// The surface of arXiv:2603.22339, whose valleys are not symmetric.
constexpr Chinchilla kSkewedLaw{
    .E = 1.69, .A = 406.4, .B = 410.7, .alpha = 0.34, .beta = 0.28};

/// Losses on a parabola of ln N at one budget: exactly what is fitted.
std::vector<Observation> Valley(double C, double best, double bend,
                                const std::vector<double>& sizes) {
  std::vector<Observation> runs;
  for (const double N : sizes) {
    const double z = std::log(N / best);
    runs.push_back(MakeObservation(N, C / (6.0 * N), 2.5 + bend * z * z));
  }
  return runs;
}

MinimumKind KindOf(const std::vector<Observation>& runs) {
  return FitIsoflop(runs).budgets.at(0).minimum;
}

TEST(IsoflopFit, FindsTheVertexOfAParabola) {
  const auto fit = FitIsoflop(Valley(1e18, 3e7, 0.05, Doubling(1e7, 5)));
  const IsoflopBudget& budget = fit.budgets.at(0);
  EXPECT_EQ(budget.minimum, MinimumKind::kInterior);
  EXPECT_NEAR(budget.params_opt->value, 3e7, 1e-3);
  EXPECT_NEAR(budget.tokens_opt->value, 1e18 / (6.0 * 3e7), 10.0);
  EXPECT_NEAR(budget.loss_opt->value, 2.5, 1e-12);
  EXPECT_EQ(budget.points, 5);
  EXPECT_EQ(budget.sizes, 5);
}

TEST(IsoflopFit, RecoversPowerLawsOfTheVertices) {
  std::vector<Observation> runs;
  for (double C = 1e16; C < 1e20; C *= 10.0) {
    const double best = 0.1 * std::pow(C, 0.46);
    const auto valley = Valley(C, best, 0.08, Doubling(0.3 * best, 4));
    runs.insert(runs.end(), valley.begin(), valley.end());
  }
  const auto fit = FitIsoflop(runs);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.a.value, 0.46, 1e-9);
  EXPECT_NEAR(fit.b.value, 0.54, 1e-9);
  EXPECT_NEAR(fit.params_coefficient, 0.1, 1e-8);
}

TEST(IsoflopFit, ClassifiesWhatIsNoMinimum) {
  EXPECT_EQ(KindOf(Valley(1e18, 3e7, 0.05, Doubling(1e7, 4))),
            MinimumKind::kInterior);
  EXPECT_EQ(KindOf(Valley(1e18, 9e6, 0.05, Doubling(1e7, 4))),
            MinimumKind::kEdge);
  EXPECT_EQ(KindOf(Valley(1e18, 9e7, 0.05, Doubling(1e7, 4))),
            MinimumKind::kEdge);
  EXPECT_EQ(KindOf(Valley(1e18, 3e7, -0.05, Doubling(1e7, 4))),
            MinimumKind::kNoMinimum);
  EXPECT_EQ(KindOf(Valley(1e18, 3e7, 0.0, Doubling(1e7, 4))),
            MinimumKind::kNoMinimum);
  EXPECT_EQ(KindOf(Valley(1e18, 3e7, 0.05, Doubling(1e7, 3))),
            MinimumKind::kTooFew);
}

TEST(IsoflopFit, CountsRepeatedSeedsAsRunsButNotAsSizes) {
  auto two_sizes = Valley(1e18, 3e7, 0.05, {1e7, 1e7, 5e7, 5e7});
  auto three_sizes = Valley(1e18, 3e7, 0.05, {1e7, 1e7, 3e7, 5e7});
  for (std::size_t i = 0; i < 4; ++i) {
    two_sizes[i].seed = three_sizes[i].seed = static_cast<std::int64_t>(i);
  }
  EXPECT_EQ(KindOf(two_sizes), MinimumKind::kTooFew);
  EXPECT_EQ(KindOf(three_sizes), MinimumKind::kInterior);
}

TEST(IsoflopFit, LeavesBudgetsWithoutAnInteriorMinimumOutOfTheExponents) {
  const auto sweep = SmallSweep();
  const auto fit = FitIsoflop(sweep);
  auto more = sweep;
  const auto edge = Valley(1e14, 1e4, 0.05, Doubling(1e5, 5));
  more.insert(more.end(), edge.begin(), edge.end());
  const auto with_edge = FitIsoflop(more);
  EXPECT_EQ(with_edge.budgets.size(), fit.budgets.size() + 1);
  EXPECT_EQ(with_edge.a.value, fit.a.value);
}

TEST(IsoflopFit, IsUnsupportedWithOneMinimum) {
  const auto fit = FitIsoflop(Valley(1e18, 3e7, 0.05, Doubling(1e7, 5)));
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.reason,
            "1 of 1 budgets with an interior minimum: at least 2 are needed");
}

TEST(IsoflopFit, TreatsACountOfTwoAsTwoRunsAndOfZeroAsNone) {
  const auto sweep = WithNoise(SmallSweep(), 0.01, 6);
  std::vector<double> counts(sweep.size(), 1.0);
  auto drawn = sweep;
  counts[3] = 2.0;
  drawn.push_back(sweep[3]);
  counts[20] = 0.0;
  drawn.erase(drawn.begin() + 20);
  const auto by_count = FitIsoflop(sweep, GroupByBudget(sweep), {}, counts);
  const auto by_hand = FitIsoflop(drawn);
  EXPECT_NEAR(by_count.a.value, by_hand.a.value, 1e-10);
  EXPECT_EQ(by_count.budgets[0].points, by_hand.budgets[0].points);
}

TEST(IsoflopFit, FindsTheExponentOfASurfaceOnACentredGrid) {
  // The valleys of all budgets have one shape, so the vertices are off by one
  // factor and the exponent is exact.
  const auto fit = FitIsoflop(SmallSweep());
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.a.value, ParamsExponent(kSmallLaw), 1e-9);
  EXPECT_NEAR(fit.a.value + fit.b.value, 1.0, 1e-9);
}

// Noise-free biases of D* at 1e24 FLOPs (arXiv:2603.22339): fifteen sizes at
// each budget, evenly spaced and centred on the optimum.
TEST(IsoflopFit, HasTheKnownBiasOfItsParabolas) {
  const Chinchilla surface = kSkewedLaw;
  const std::vector<std::pair<double, double>> known = {
      {2.0, -0.33}, {4.0, -1.30}, {8.0, -2.90}, {16.0, -5.10}};
  for (const auto& [half_width, percent] : known) {
    const auto runs =
        IsoflopGrid(surface, {1e17, 1e18, 1e19, 1e20}, 15, half_width);
    const auto fit = FitIsoflop(runs);
    const double D = fit.tokens_coefficient * std::pow(1e24, fit.b.value);
    const double bias = D / OptimumAt(surface, 1e24).D - 1.0;
    EXPECT_NEAR(100.0 * bias, percent, 0.005) << half_width;
  }
}

TEST(IsoflopFit, CallsAValleyFlatThatNoiseAloneCouldMake) {
  int interior = 0;
  int flat = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<Observation> runs;
    for (const double C : {1e17, 1e18, 1e19, 1e20}) {
      const auto level = Valley(C, 1e7, 0.0, Doubling(3e6, 6));
      runs.insert(runs.end(), level.begin(), level.end());
    }
    for (const auto& budget : FitIsoflop(WithNoise(runs, 0.01, seed)).budgets) {
      if (budget.minimum == MinimumKind::kInterior) ++interior;
      if (budget.minimum == MinimumKind::kFlat) ++flat;
    }
  }
  // Of 800 valleys of pure noise half open upwards.
  EXPECT_LT(interior, 60);
  EXPECT_GT(flat, 300);
}

TEST(IsoflopFit, DoesNotCallAValleyFlatThatStandsOutOfTheNoise) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto fit = FitIsoflop(WithNoise(SmallSweep(), 0.003, seed));
    for (const IsoflopBudget& budget : fit.budgets) {
      EXPECT_EQ(budget.minimum, MinimumKind::kInterior);
    }
  }
}

TEST(IsoflopFit, KnowsTheNoiseOfAShortProfileByTheOthers) {
  // Four runs almost on a parabola, among noisy profiles.
  auto runs = WithNoise(Valley(1e17, 1e7, 0.0, Doubling(3e6, 6)), 0.01, 1);
  const auto more =
      WithNoise(Valley(1e18, 1e7, 0.0, Doubling(3e6, 6)), 0.01, 2);
  auto lucky = Valley(1e19, 1e7, 0.001, Doubling(4e6, 4));
  lucky[1].L += 2.9e-4;
  runs.insert(runs.end(), more.begin(), more.end());
  EXPECT_EQ(FitIsoflop(lucky).budgets[0].minimum, MinimumKind::kInterior);
  runs.insert(runs.end(), lucky.begin(), lucky.end());
  EXPECT_EQ(FitIsoflop(runs).budgets[2].minimum, MinimumKind::kFlat);
}

TEST(IsoflopFit, KeepsAFlatValleyOnRequestIfItsMinimumIsBetweenTheSizes) {
  std::vector<Observation> runs;
  for (const double C : {1e17, 1e18, 1e19, 1e20}) {
    const auto level = Valley(C, 1e7, 0.0, Doubling(3e6, 6));
    runs.insert(runs.end(), level.begin(), level.end());
  }
  const auto noisy = WithNoise(runs, 0.01, 3);
  const auto without = FitIsoflop(noisy).budgets;
  const auto with = FitIsoflop(noisy, {.keep_flat = true}).budgets;
  int kept = 0;
  for (std::size_t i = 0; i < with.size(); ++i) {
    EXPECT_EQ(with[i].minimum, without[i].minimum);
    EXPECT_EQ(without[i].has_minimum(),
              without[i].minimum == MinimumKind::kInterior);
    if (with[i].has_minimum() && with[i].minimum == MinimumKind::kFlat) ++kept;
  }
  EXPECT_GT(kept, 0);
}

TEST(IsoflopFit, CountsARunThatIsListedTwiceOnce) {
  auto runs = Valley(1e18, 3e7, 0.05, Doubling(1e7, 3));
  runs.push_back(runs[1]);
  const auto fit = FitIsoflop(runs);
  EXPECT_EQ(fit.budgets[0].points, 3);
  EXPECT_EQ(fit.budgets[0].minimum, MinimumKind::kTooFew);
}

TEST(IsoflopAkima, FindsTheLowestPointBetweenTheSizes) {
  const auto fit = FitIsoflop(Valley(1e18, 3e7, 0.05, Doubling(1e7, 6)),
                              {.curve = IsoflopCurve::kAkima});
  const IsoflopBudget& budget = fit.budgets.at(0);
  ASSERT_EQ(budget.minimum, MinimumKind::kInterior);
  const double sample = std::log(2.0) / kSamplesPerGap;
  EXPECT_NEAR(std::log(budget.params_opt->value / 3e7), 0.0, sample);
  EXPECT_NEAR(budget.loss_opt->value, 2.5, 1e-4);
}

TEST(IsoflopAkima, DoesNotDiveBesideSizesThatAreAlmostTheSame) {
  auto runs = Valley(1e18, 3e7, 0.05, Doubling(1e7, 6));
  auto twin = Valley(1e18, 3e7, 0.05, {2e7 * (1.0 + 1e-6)});
  twin[0].L += 0.01;
  runs.push_back(twin[0]);
  const IsoflopBudget budget =
      FitIsoflop(runs, {.curve = IsoflopCurve::kAkima}).budgets.at(0);
  ASSERT_EQ(budget.minimum, MinimumKind::kInterior);
  EXPECT_NEAR(budget.loss_opt->value, 2.5, 0.01);
  EXPECT_NEAR(std::log(budget.params_opt->value / 3e7), 0.0, 0.2);
}

TEST(IsoflopAkima, HasNoMinimumAmongSizesThatAreAllAlmostTheSame) {
  const auto runs = Valley(1e18, 1.02e7, 50.0, {1e7, 1.01e7, 1.02e7, 1.03e7});
  EXPECT_EQ(
      FitIsoflop(runs, {.curve = IsoflopCurve::kAkima}).budgets.at(0).minimum,
      MinimumKind::kEdge);
}

TEST(IsoflopAkima, KnowsAnEdge) {
  const auto fit = FitIsoflop(Valley(1e18, 9e6, 0.05, Doubling(1e7, 6)),
                              {.curve = IsoflopCurve::kAkima});
  EXPECT_EQ(fit.budgets.at(0).minimum, MinimumKind::kEdge);
}

TEST(IsoflopAkima, IsLessBiasedThanAParabolaOnAWideGrid) {
  const auto runs = IsoflopGrid(kSkewedLaw, {1e18, 1e19, 1e20}, 17, 16.0);
  auto parabola = FitIsoflop(runs);
  auto akima = FitIsoflop(runs, {.curve = IsoflopCurve::kAkima});
  AddBias(runs, kSkewedLaw, &parabola);
  AddBias(runs, kSkewedLaw, &akima);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_LT(std::abs(*akima.budgets[i].params_bias), 0.01);
    EXPECT_GT(std::abs(*parabola.budgets[i].params_bias), 0.02);
  }
}

TEST(IsoflopBias, IsTakenOffInTheCorrectedValues) {
  const auto runs = IsoflopGrid(kSkewedLaw, {1e18, 1e19, 1e20}, 9, 16.0);
  auto fit = FitIsoflop(runs);
  AddBias(runs, kSkewedLaw, &fit);
  for (const IsoflopBudget& budget : fit.budgets) {
    const Optimum truth = OptimumAt(kSkewedLaw, budget.flops);
    EXPECT_GT(std::abs(budget.params_opt->value / truth.N - 1.0), 0.02);
    EXPECT_NEAR(*budget.params_opt_corrected / truth.N, 1.0, 1e-9);
    EXPECT_NEAR(*budget.tokens_opt_corrected / truth.D, 1.0, 1e-9);
  }
  EXPECT_NEAR(*fit.a_corrected, ParamsExponent(kSkewedLaw), 1e-9);
}

TEST(IsoflopBias, IsWhatTheParabolasGetWrongOnTheSurface) {
  const auto runs = SmallSweep();
  auto fit = FitIsoflop(runs);
  AddBias(runs, kSmallLaw, &fit);
  for (const IsoflopBudget& budget : fit.budgets) {
    const double truth = OptimumAt(kSmallLaw, budget.flops).N;
    ASSERT_TRUE(budget.params_bias.has_value());
    EXPECT_NEAR(*budget.params_bias, budget.params_opt->value / truth - 1.0,
                1e-9);
  }
  EXPECT_NEAR(*fit.a_bias, 0.0, 1e-9);
}

TEST(IsoflopBias, DoesNotDependOnTheNoise) {
  const auto exact = SmallSweep();
  const auto noisy = WithNoise(exact, 0.002, 9);
  auto fit = FitIsoflop(exact);
  auto noisy_fit = FitIsoflop(noisy);
  AddBias(exact, kSmallLaw, &fit);
  AddBias(noisy, kSmallLaw, &noisy_fit);
  for (std::size_t i = 0; i < fit.budgets.size(); ++i) {
    EXPECT_NEAR(*noisy_fit.budgets[i].params_bias, *fit.budgets[i].params_bias,
                1e-9);
  }
}

TEST(IsoflopBias, IsWarnedOfOnAWideGridOnly) {
  const Chinchilla surface = kSkewedLaw;
  for (const double half_width : {1.5, 30.0}) {
    const auto runs = IsoflopGrid(surface, {1e18, 1e19, 1e20}, 9, half_width);
    auto fit = FitIsoflop(runs);
    AddBias(runs, surface, &fit);
    EXPECT_EQ(BiasInWords(fit).empty(), half_width < 2.0);
  }
}

}  // namespace
}  // namespace isoflop
