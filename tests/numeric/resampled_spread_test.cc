#include "lib/numeric/resampled_spread.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

/// `count` numbers from `low` to `high`, evenly spaced, the largest first.
std::vector<double> Evenly(double low, double high, int count) {
  std::vector<double> values;
  for (int i = count - 1; i >= 0; --i) {
    values.push_back(low + (high - low) * i / (count - 1));
  }
  return values;
}

TEST(ResampledSpread, HasTheStandardDeviationAndInterpolatedPercentiles) {
  const Spread spread = SpreadOf(Evenly(0.0, 40.0, 41), 20.0, 0);
  EXPECT_DOUBLE_EQ(spread.percentile95.low, 1.0);
  EXPECT_DOUBLE_EQ(spread.percentile95.high, 39.0);
  EXPECT_NEAR(spread.standard_error, std::sqrt(41.0 * 42.0 / 12.0), 1e-12);
}

/// 4,001 numbers spaced by 0.001 from -2 to 2, and one far out on each side.
std::vector<double> WithTails() {
  std::vector<double> values = Evenly(-2.0, 2.0, 4001);
  values.push_back(-50.0);
  values.push_back(50.0);
  return values;
}

/// Half of the distance between their 84.13 and 15.87 percentiles.
constexpr double kHalf = 0.5 * 0.6826894921 * 4002.0 * 0.001;

TEST(ResampledSpread, IsMeasuredByItsMiddleWhateverTheTails) {
  EXPECT_NEAR(HalfMiddleSpread(WithTails()), kHalf, 1e-9);
}

TEST(ResampledSpread, ReachesStudentsTFromTheEstimate) {
  const Spread many = SpreadOf(WithTails(), -5.0, 0);
  EXPECT_NEAR(many.interval95.high, -5.0 + 1.959963985 * kHalf, 1e-6);
  EXPECT_NEAR(many.interval95.low, -5.0 - 1.959963985 * kHalf, 1e-6);
  const Spread few = SpreadOf(WithTails(), 0.5, 10);
  EXPECT_NEAR(few.interval95.low, 0.5 - 2.262157163 * kHalf, 1e-6);
}

TEST(ResampledSpread, IsInLogarithmsOfPositiveNumbers) {
  std::vector<double> values;
  for (const double x : WithTails()) values.push_back(std::exp(x));
  const Spread spread = SpreadOf(values, 1.25, 200);
  EXPECT_NEAR(spread.interval95.low * spread.interval95.high, 1.25 * 1.25,
              1e-9);
  EXPECT_NEAR(std::log(spread.interval95.low / 1.25), -1.971956544 * kHalf,
              1e-6);
}

TEST(ResampledSpread, StaysWithinTheResamplesAndTheEstimate) {
  const Spread spread = SpreadOf(Evenly(0.0, 1.0, 11), 1.5, 5);
  EXPECT_GE(spread.interval95.low, 0.0);
  EXPECT_EQ(spread.interval95.high, 1.5);
}

TEST(ResampledSpread, IsNotMovedByAFewWildResamples) {
  std::vector<double> values = Evenly(1.0, 2.0, 101);
  const Spread calm = SpreadOf(values, 1.5, 60);
  values[0] = 1e6;
  values[1] = 1e9;
  const Spread wild = SpreadOf(values, 1.5, 60);
  EXPECT_NEAR(wild.interval95.low, calm.interval95.low, 0.02);
  EXPECT_GT(wild.standard_error, 1e6);
}

TEST(ResampledSpread, IsNothingForEqualValues) {
  const Spread spread = SpreadOf({2.5, 2.5, 2.5}, 2.5, 10);
  EXPECT_EQ(spread.standard_error, 0.0);
  EXPECT_EQ(spread.interval95.low, 2.5);
  EXPECT_EQ(spread.interval95.high, 2.5);
  EXPECT_EQ(spread.percentile95.low, 2.5);
}

TEST(ResampledSpread, NeedsHalfOfTheResamplesAndTwo) {
  EXPECT_TRUE(SpreadOfMost({1.0, 2.0}, 4, 1.5, 10).has_value());
  EXPECT_FALSE(SpreadOfMost({1.0, 2.0}, 5, 1.5, 10).has_value());
  EXPECT_FALSE(SpreadOfMost({1.0}, 1, 1.0, 10).has_value());
}

}  // namespace
}  // namespace isoflop
