#include "lib/numeric/heterogeneity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/core/random.h"
#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"

namespace isoflop {
namespace {

constexpr int kManyDegrees = 1000000;

/// y = 1 + 0.5 x, but for scatter and noise of different sizes.
std::vector<NoisyPoint> Scattered(int points, double tau, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<NoisyPoint> all;
  for (int i = 0; i < points; ++i) {
    const double noise = i % 2 == 0 ? 0.1 : 0.3;
    all.push_back(
        {static_cast<double>(i),
         1.0 + 0.5 * i + tau * random.Normal() + noise * random.Normal(),
         noise * noise});
  }
  return all;
}

std::vector<WeightedPoint> Weighted(const std::vector<NoisyPoint>& points,
                                    double tau) {
  return Transformed(points, [&](const NoisyPoint& p) {
    return WeightedPoint{p.x, p.y, 1.0 / (p.variance + tau * tau)};
  });
}

std::vector<double> Variances(const std::vector<NoisyPoint>& points) {
  return Transformed(points, &NoisyPoint::variance);
}

/// With points at x = -1, 0, 1 and y = 0, 3, 0 the mean square about the line,
/// with one degree of freedom, is 1 + 4 + 1 = 6.
std::vector<NoisyPoint> Peak(double variance) {
  return {{-1.0, 0.0, variance}, {0.0, 3.0, variance}, {1.0, 0.0, variance}};
}

TEST(Heterogeneity, IsWhatEqualVariancesLeaveOfTheMeanSquare) {
  const auto found = HeterogeneityAboutLine(Peak(2.0), kManyDegrees);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->degrees_of_freedom, 1);
  EXPECT_NEAR(found->chi2, 3.0, 1e-12);
  EXPECT_NEAR(found->tau, 2.0, 1e-9);
  EXPECT_NEAR(found->p_value, ChiSquaredUpperTail(3.0, 1.0), 1e-5);
}

TEST(Heterogeneity, IsNoneWhereTheNoiseExplainsTheScatter) {
  const auto found = HeterogeneityAboutLine(Peak(7.0), kManyDegrees);
  ASSERT_TRUE(found.has_value());
  EXPECT_LT(found->PerDegree(), 1.0);
  EXPECT_EQ(found->tau, 0.0);
}

TEST(Heterogeneity, MakesChiSquaredItsDegreesOfFreedom) {
  const auto points = Scattered(9, 1.0, 1);
  const auto found = HeterogeneityAboutLine(points, kManyDegrees);
  ASSERT_GT(found->tau, 0.0);
  const auto weighted = Weighted(points, found->tau);
  EXPECT_NEAR(SquaresAbout(*FitLine(weighted), weighted), 7.0, 1e-8);
}

TEST(Heterogeneity, IsFoundOfManyPoints) {
  EXPECT_NEAR(
      HeterogeneityAboutLine(Scattered(4000, 0.5, 2), kManyDegrees)->tau, 0.5,
      0.02);
  EXPECT_LT(HeterogeneityAboutLine(Scattered(4000, 0.0, 2), kManyDegrees)->tau,
            0.05);
}

TEST(Heterogeneity, IsLessSurprisingTheLessTheNoiseIsKnown) {
  EXPECT_GT(HeterogeneityAboutLine(Peak(1.0), 4)->p_value,
            HeterogeneityAboutLine(Peak(1.0), 40)->p_value);
}

TEST(Heterogeneity, ScalesWithYAndDoesNotKnowWhereXIs) {
  const auto points = Scattered(7, 0.5, 3);
  const auto other = Transformed(points, [](const NoisyPoint& p) {
    return NoisyPoint{10.0 - 3.0 * p.x, 2.0 * p.y + p.x, 4.0 * p.variance};
  });
  const auto found = HeterogeneityAboutLine(points, 20);
  const auto found_other = HeterogeneityAboutLine(other, 20);
  EXPECT_NEAR(found_other->chi2, found->chi2, 1e-9 * found->chi2);
  EXPECT_NEAR(found_other->tau, 2.0 * found->tau, 1e-9);
}

TEST(Heterogeneity, IsNotKnownOfTwoPointsOrOfOneX) {
  auto points = Peak(1.0);
  points.pop_back();
  EXPECT_FALSE(HeterogeneityAboutLine(points, 4).has_value());
  EXPECT_FALSE(HeterogeneityAboutLine(
                   std::vector<NoisyPoint>{{1, 1, 1}, {1, 2, 1}, {1, 3, 1}}, 4)
                   .has_value());
}

TEST(SlopeSpread, IsThatOfOrdinaryLeastSquaresByTheScatter) {
  // s^2 = 6 / 1 / sum x^2 = 3.
  const auto spread = SlopeSpread(Weighted(Peak(1.0), 0.0), {});
  ASSERT_TRUE(spread.has_value());
  EXPECT_NEAR(spread->standard_error, std::sqrt(3.0), 1e-12);
  EXPECT_NEAR(spread->interval95.high, 12.7062047361747 * std::sqrt(3.0), 1e-8);
  EXPECT_NEAR(spread->interval95.low, -spread->interval95.high, 1e-12);
}

TEST(SlopeSpread, IsNeverLessThanTheNoise) {
  const std::vector<WeightedPoint> in_line = {
      {-1.0, -1.0}, {0.0, 0.0}, {1.0, 1.0}};
  const auto spread = SlopeSpread(in_line, std::vector<double>{2.0, 9.0, 2.0});
  EXPECT_NEAR(spread->standard_error, 1.0, 1e-12);
  EXPECT_NEAR(spread->interval95.low, 1.0 - kNormal975, 1e-12);
}

TEST(SlopeSpread, HasTheErrorOfTheRandomEffectsModel) {
  const auto points = Scattered(8, 1.0, 4);
  const double tau = HeterogeneityAboutLine(points, kManyDegrees)->tau;
  const auto weighted = Weighted(points, tau);
  const double mean = FitLine(weighted)->mean_x;
  double information = 0.0;
  for (const WeightedPoint& p : weighted) {
    information += p.weight * (p.x - mean) * (p.x - mean);
  }
  EXPECT_NEAR(SlopeSpread(weighted, Variances(points))->standard_error,
              1.0 / std::sqrt(information), 1e-9);
}

TEST(SlopeSpread, IsTheNoiseAloneOfTwoPointsAndNothingWithoutIt) {
  const std::vector<WeightedPoint> two = {{0.0, 0.0}, {2.0, 1.0}};
  const auto spread = SlopeSpread(two, std::vector<double>{1.0, 3.0});
  EXPECT_NEAR(spread->standard_error, 1.0, 1e-12);
  EXPECT_FALSE(SlopeSpread(two, {}).has_value());
}

}  // namespace
}  // namespace isoflop
