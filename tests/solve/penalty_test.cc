#include "analysis/solve/penalty.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace isoflop {
namespace {

std::vector<Penalty> AllPenalties() {
  return {Penalty::Huber(0.3), Penalty::SmoothedLad(0.3), Penalty::Squares(),
          Penalty::Student({.scale = 0.4, .degrees_of_freedom = 2.5})};
}

TEST(Penalty, HuberIsASquareInsideAndALineBeyondDelta) {
  const Penalty huber = Penalty::Huber(0.5);
  EXPECT_DOUBLE_EQ(huber(0.4).value, 0.08);
  EXPECT_DOUBLE_EQ(huber(-2.0).value, 0.5 * (2.0 - 0.25));
}

TEST(Penalty, SmoothedLadTendsToTheMagnitude) {
  EXPECT_NEAR(Penalty::SmoothedLad(1e-9)(-0.7).value, 0.7, 1e-9);
}

TEST(Penalty, StudentIsTheCauchyDensityWithOneDegreeOfFreedom) {
  const Penalty student =
      Penalty::Student({.scale = 2.0, .degrees_of_freedom = 1.0});
  const double density = 1.0 / (M_PI * 2.0 * (1.0 + 1.5 * 1.5 / 4.0));
  EXPECT_NEAR(student(1.5).value, -std::log(density), 1e-14);
}

TEST(Penalty, StudentIsTheNormalDensityWithVeryManyDegreesOfFreedom) {
  const Penalty student =
      Penalty::Student({.scale = 0.5, .degrees_of_freedom = 1e7});
  const double density =
      std::exp(-0.5 * 0.36 / 0.25) / (0.5 * std::sqrt(2.0 * M_PI));
  EXPECT_NEAR(student(0.6).value, -std::log(density), 1e-6);
}

TEST(Penalty, HasTheDerivativesOfFiniteDifferences) {
  for (const Penalty& penalty : AllPenalties()) {
    for (const double r : {-2.0, -0.4, -0.1, 0.02, 0.25, 0.7, 5.0}) {
      const double h = 1e-6;
      const PenaltyValue p = penalty(r);
      const double slope =
          (penalty(r + h).value - penalty(r - h).value) / (2.0 * h);
      const double curvature =
          (penalty(r + h).slope - penalty(r - h).slope) / (2.0 * h);
      EXPECT_NEAR(p.slope, slope, 1e-8);
      EXPECT_NEAR(p.curvature, curvature, 1e-8);
    }
  }
}

TEST(Penalty, NeverExceedsTheSquareThatTouchesIt) {
  for (const Penalty& penalty : AllPenalties()) {
    for (const double r : {-2.0, -0.2, 0.1, 0.9}) {
      const double weight = penalty.SquareWeight(r);
      for (double other = -3.0; other <= 3.0; other += 0.05) {
        const double square =
            penalty(r).value + 0.5 * weight * (other * other - r * r);
        EXPECT_LE(penalty(other).value, square + 1e-12);
      }
    }
  }
}

TEST(Penalty, HasAFiniteSquareWeightAtZero) {
  for (const Penalty& penalty : AllPenalties()) {
    EXPECT_DOUBLE_EQ(penalty.SquareWeight(0.0), penalty(0.0).curvature);
  }
}

}  // namespace
}  // namespace isoflop
