#include "lib/numeric/moments.h"

#include <gtest/gtest.h>

#include "lib/core/random.h"

namespace isoflop {
namespace {

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

}  // namespace
}  // namespace isoflop
