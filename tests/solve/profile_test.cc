#include "analysis/solve/profile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lib/core/random.h"

namespace isoflop {
namespace {

ProfileRequest Around(double estimate, double rise) {
  return {.estimate = estimate,
          .minimum = 3.0,
          .rise = rise,
          .positive = true,
          .step = 0.1,
          .lowest = 1e-6 * estimate,
          .highest = 1e6 * estimate};
}

TEST(Profile, EndsWhereAParabolaHasRisen) {
  const auto parabola = [](double x) {
    return 3.0 + 5.0 * (x - 2.0) * (x - 2.0);
  };
  ProfileRequest request = Around(2.0, 0.05);
  const ProfileInterval interval = Profile(parabola, request);
  ASSERT_TRUE(interval.low && interval.high);
  EXPECT_NEAR(*interval.low, 1.9, 1e-6);
  EXPECT_NEAR(*interval.high, 2.1, 1e-6);
  EXPECT_EQ(interval.improvement, 0.0);
  request.positive = false;
  request.lowest = -100.0;
  EXPECT_NEAR(*Profile(parabola, request).low, 1.9, 1e-6);
}

TEST(Profile, SaysThatAFlatSideIsUnbounded) {
  const auto saturating = [](double x) {
    return 3.0 + (x < 2.0 ? (x - 2.0) * (x - 2.0) : 0.001 * (1.0 - 2.0 / x));
  };
  const ProfileInterval interval = Profile(saturating, Around(2.0, 0.01));
  EXPECT_NEAR(interval.low.value_or(0.0), 1.9, 1e-6);
  EXPECT_FALSE(interval.high.has_value());
  EXPECT_DOUBLE_EQ(interval.points.back().value, 2e6);
}

TEST(Profile, SaysThatNothingIsKnown) {
  const auto flat = [](double) { return 3.0; };
  const ProfileInterval interval = Profile(flat, Around(2.0, 0.01));
  EXPECT_FALSE(interval.low || interval.high);
}

TEST(Profile, NoticesALowerMinimumOnItsWay) {
  const auto two_valleys = [](double x) {
    const double u = std::log(x);
    return 3.0 + 0.01 * u * u * (u - 1.5) * (u - 1.5) - 0.004 * u;
  };
  const ProfileInterval interval = Profile(two_valleys, Around(1.0, 0.05));
  EXPECT_NEAR(interval.improvement, 0.006, 1e-3);
}

TEST(Profile, TakesAValueWithoutAFitForAnEnd) {
  const auto half_line = [](double x) -> std::optional<double> {
    if (x > 4.0) return std::nullopt;
    return 3.0;
  };
  const ProfileInterval interval = Profile(half_line, Around(2.0, 0.01));
  ASSERT_TRUE(interval.high.has_value());
  EXPECT_NEAR(*interval.high, 4.0, 1e-5);
}

TEST(Profile, KeepsItsPointsInOrder) {
  const auto parabola = [](double x) { return 3.0 + (x - 2.0) * (x - 2.0); };
  const auto points = Profile(parabola, Around(2.0, 0.5)).points;
  for (std::size_t i = 1; i < points.size(); ++i) {
    EXPECT_LE(points[i - 1].value, points[i].value);
  }
}

std::vector<WeightedResidual> NormalResiduals(int count, double sigma) {
  RandomStream stream(5);
  std::vector<WeightedResidual> residuals;
  for (int i = 0; i < count; ++i) {
    residuals.push_back({sigma * stream.Normal(), 1.0});
  }
  return residuals;
}

TEST(DropByChance, IsTheVarianceForSquares) {
  const auto residuals = NormalResiduals(400, 0.02);
  double squares = 0.0;
  for (const auto& r : residuals) squares += r.value * r.value;
  EXPECT_NEAR(*DropByChance(residuals, Penalty::Squares(), 5), squares / 395.0,
              1e-12);
}

TEST(DropByChance, HardlyKnowsOfAWildResidualWhereThePenaltyIsRobust) {
  auto residuals = NormalResiduals(400, 0.02);
  const double before = *DropByChance(residuals, Penalty::Huber(1e-3), 5);
  residuals[7].value = 3.0;
  EXPECT_NEAR(*DropByChance(residuals, Penalty::Huber(1e-3), 5) / before, 1.0,
              0.02);
}

TEST(RiseOfInterval95, IsTSquaredTimesTheVarianceForSquares) {
  const auto residuals = NormalResiduals(400, 0.02);
  double squares = 0.0;
  for (const auto& r : residuals) squares += r.value * r.value;
  EXPECT_NEAR(*RiseOfInterval95(residuals, Penalty::Squares(), 5),
              1.96598786 * 1.96598786 * squares / 395.0, 1e-8);
}

// A run that is known a hundred times better than the others pulls the fit to
// itself, and its residual says next to nothing of the noise.
TEST(RiseOfInterval95, TakesWeightsForInverseVariances) {
  const std::vector<WeightedResidual> residuals = {
      {1e-4, 1e4}, {0.1, 1.0}, {-0.2, 1.0}, {0.05, 1.0}, {-0.1, 1.0}};
  double squares = 0.0;
  for (const auto& r : residuals) squares += r.weight * r.value * r.value;
  const double t = 3.1824463;  // with 3 degrees of freedom
  EXPECT_NEAR(*RiseOfInterval95(residuals, Penalty::Squares(), 2) /
                  (t * t * squares / 3.0),
              1.0, 1e-6);
}

// Nearly all residuals lie beyond Huber's delta, where psi is delta, and psi'
// is the share of the others: 2 delta times the density at 0.
TEST(RiseOfInterval95, KnowsThatHubersSlopeHasABound) {
  RandomStream stream(7);
  std::vector<WeightedResidual> residuals;
  for (int i = 0; i < 4000; ++i) {
    residuals.push_back({0.02 * stream.Normal(), 1.0});
    residuals.push_back({0.01 * stream.Normal(), 4.0});
  }
  const double density_1 = 1.0 / (0.02 * std::sqrt(2.0 * std::acos(-1.0)));
  const double bend_1 = 1e-3 * 2.0 * density_1;
  const double bend_4 = 2.0 * bend_1;
  const double expected =
      1.9207 * (1e-6 + 16.0 * 1e-6) / (bend_1 + 4.0 * bend_4);
  EXPECT_NEAR(*RiseOfInterval95(residuals, Penalty::Huber(1e-3), 0) / expected,
              1.0, 0.1);
}

TEST(RiseOfInterval95, IsInTheUnitOfTheWeights) {
  auto residuals = NormalResiduals(20, 0.02);
  const double once = *RiseOfInterval95(residuals, Penalty::Huber(1e-3), 5);
  for (auto& r : residuals) r.weight = 7.0;
  EXPECT_NEAR(*RiseOfInterval95(residuals, Penalty::Huber(1e-3), 5) / once, 7.0,
              1e-9);
}

TEST(Profile, EndsAtABoundThatTheParameterCannotCross) {
  const auto slow = [](double x) { return 3.0 + 1e-4 * (x - 0.5) * (x - 0.5); };
  ProfileRequest request = Around(0.5, 0.01);
  request.positive = false;
  request.lowest = 0.0;
  EXPECT_FALSE(Profile(slow, request).low.has_value());
  request.ends_at_lowest = true;
  EXPECT_EQ(Profile(slow, request).low, 0.0);
}

TEST(RiseOfInterval95, IsHalfOfTSquaredForATrueLikelihood) {
  const auto residuals = NormalResiduals(20000, 0.02);
  const Penalty normal = Penalty::Student({0.02, 1000.0});
  EXPECT_NEAR(*RiseOfInterval95(residuals, normal, 0), 1.92, 0.06);
}

// For |r| the theory has 3.84 / 2 over twice the density at 0.
TEST(RiseOfInterval95, KnowsTheDensityOfTheResidualsForMagnitudes) {
  const auto residuals = NormalResiduals(20000, 0.02);
  const double density = 1.0 / (0.02 * std::sqrt(2.0 * std::acos(-1.0)));
  EXPECT_NEAR(*RiseOfInterval95(residuals, Penalty::SmoothedLad(1e-8), 0) /
                  (1.9207 / (2.0 * density)),
              1.0, 0.05);
}

TEST(RiseOfInterval95, NeedsMoreResidualsThanParameters) {
  const auto residuals = NormalResiduals(5, 0.02);
  EXPECT_FALSE(RiseOfInterval95(residuals, Penalty::Squares(), 5).has_value());
}

}  // namespace
}  // namespace isoflop
