#include "lib/numeric/least_squares.h"

#include <gtest/gtest.h>

#include <vector>

namespace isoflop {
namespace {

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

TEST(FitParabola, IsExactForPointsOnAParabola) {
  const auto y = [](double x) { return 2.0 - 3.0 * x + 0.5 * x * x; };
  const Parabola parabola = FitParabola(std::vector<WeightedPoint>{
      {1.0, y(1.0), 2.0}, {2.0, y(2.0)}, {4.0, y(4.0)}, {5.0, y(5.0)}});
  EXPECT_DOUBLE_EQ(parabola.center, 3.0);
  EXPECT_NEAR(parabola.c2, 0.5, 1e-13);
  EXPECT_NEAR(parabola.At(10.0), y(10.0), 1e-11);
}

}  // namespace
}  // namespace isoflop
