#include "analysis/solve/power_law_fit.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

std::vector<WeightedPoint> OnPowerLaw(const PowerLaw& law) {
  std::vector<WeightedPoint> points;
  for (double x = 1e15; x < 1e22; x *= 7.0) {
    points.push_back({x, Evaluate(law, x), 1.0});
  }
  return points;
}

TEST(FitLine, IsExactForPointsOnALine) {
  const auto line =
      FitLine(std::vector<WeightedPoint>{{1.0, 5.0}, {2.0, 7.0}, {4.0, 11.0}});
  ASSERT_TRUE(line.has_value());
  EXPECT_NEAR(line->slope, 2.0, 1e-14);
  EXPECT_NEAR(line->At(10.0), 23.0, 1e-13);
}

TEST(FitLine, CountsWeights) {
  const auto line = FitLine(std::vector<WeightedPoint>{
      {0.0, 0.0, 1.0}, {1.0, 1.0, 3.0}, {1.0, 5.0, 1.0}, {2.0, 9.0, 0.0}});
  ASSERT_TRUE(line.has_value());
  EXPECT_NEAR(line->At(1.0), 2.0, 1e-14);
}

TEST(FitLine, HasNoAnswerWhenXIsConstant) {
  EXPECT_FALSE(
      FitLine(std::vector<WeightedPoint>{{1.0, 5.0}, {1.0, 7.0}}).has_value());
  EXPECT_FALSE(
      FitLine(std::vector<WeightedPoint>{{40.0, 5.0}, {40.0 + 1e-14, 7.0}})
          .has_value());
}

TEST(FitLine, HasNoAnswerForNothing) {
  EXPECT_FALSE(FitLine({}).has_value());
  EXPECT_FALSE(
      FitLine(std::vector<WeightedPoint>{{1.0, 5.0, 0.0}, {2.0, 5.0, 0.0}})
          .has_value());
}

TEST(FitPowerLaw, RecoversCoefficientAndExponent) {
  for (const double exponent : {-0.05, 0.3, 0.5, 1.7}) {
    const PowerLaw law{.coefficient = 0.11, .exponent = exponent};
    const auto found = FitPowerLaw(OnPowerLaw(law));
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(found->exponent, exponent, 1e-12);
    EXPECT_NEAR(found->coefficient, 0.11, 1e-10);
  }
}

TEST(FitPowerLaw, IsScaledByTheUnitOfX) {
  const PowerLaw law{.coefficient = 3.0, .exponent = 0.5};
  auto points = OnPowerLaw(law);
  for (auto& p : points) p.x *= 4.0;
  const auto found = FitPowerLaw(points);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->coefficient, 1.5, 1e-10);
}

}  // namespace
}  // namespace isoflop
