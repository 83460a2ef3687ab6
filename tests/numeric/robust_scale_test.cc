#include "lib/numeric/robust_scale.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace isoflop
