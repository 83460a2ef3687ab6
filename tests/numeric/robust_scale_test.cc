#include "lib/numeric/robust_scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/core/random.h"

namespace isoflop {
namespace {

TEST(RobustScale, IsThatOfNormalNumbers) {
  RandomStream stream(3);
  std::vector<double> values;
  for (int i = 0; i < 20001; ++i) values.push_back(5.0 + 2.0 * stream.Normal());
  EXPECT_NEAR(Median(values), 5.0, 0.05);
  EXPECT_NEAR(ScaledMedianDeviation(values), 2.0, 0.05);
}

TEST(RobustScale, IsNotMovedByAFewWildValues) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6, 7};
  std::vector<double> wild = values;
  wild.back() = 1e9;
  EXPECT_EQ(Median(wild), Median(values));
  EXPECT_EQ(ScaledMedianDeviation(wild), ScaledMedianDeviation(values));
}

TEST(RobustScale, OfOneValueIsZero) {
  EXPECT_EQ(Median({3.5}), 3.5);
  EXPECT_EQ(ScaledMedianDeviation({3.5}), 0.0);
}

TEST(RobustDeviation, IsTheStandardDeviationOfNormalNumbers) {
  RandomStream stream(3);
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i) values.push_back(0.3 * stream.Normal());
  EXPECT_NEAR(RobustDeviation(values), 0.3, 0.01);
}

TEST(RobustDeviation, IsNotMovedByAFewWildNumbers) {
  std::vector<double> values = {-0.2, 0.1, 0.3, -0.1, 0.2};
  const double before = RobustDeviation(values);
  values[2] = 1e9;
  EXPECT_EQ(RobustDeviation(values), before);
}

TEST(NoiseReach, IsPassedBySampleOfNoiseInTwoOfAHundred) {
  int passed = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    RandomStream stream(seed);
    std::vector<double> values;
    for (int i = 0; i < 40; ++i) values.push_back(stream.Normal());
    const NoiseReach reach = *ReachOfNoise(values, 0, 0.0);
    for (const double value : values) {
      if (std::abs(value - reach.middle) > reach.limit) {
        ++passed;
        break;
      }
    }
  }
  EXPECT_LE(passed, 40);
  EXPECT_GE(passed, 2);
}

TEST(NoiseReach, NeedsMoreResidualsThanCoefficients) {
  EXPECT_FALSE(ReachOfNoise(std::vector<double>(9, 1.0), 5, 0.1).has_value());
  EXPECT_TRUE(ReachOfNoise(std::vector<double>(10, 1.0), 5, 0.1).has_value());
}

}  // namespace
}  // namespace isoflop
