#include "lib/numeric/morans_i.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

// A row of four, each beside the next: w_ij = w_ji = 1.
const std::vector<NeighbourPair> kRow = {{0, 1}, {1, 0}, {1, 2},
                                         {2, 1}, {2, 3}, {3, 2}};

TEST(MoransI, IsThatOfARowByHand) {
  const auto found = MoransIOf(std::vector<double>{-1.5, -0.5, 0.5, 1.5}, kRow);
  ASSERT_TRUE(found.has_value());
  EXPECT_DOUBLE_EQ(found->value, 4.0 / 6.0 * 2.0 * (0.75 - 0.25 + 0.75) / 5.0);
  EXPECT_DOUBLE_EQ(found->mean, -1.0 / 3.0);
}

TEST(MoransI, IsNothingWithoutPairsOrDifferences) {
  EXPECT_FALSE(MoransIOf(std::vector<double>{-1.0, 1.0}, {}).has_value());
  EXPECT_FALSE(MoransIOf(std::vector<double>(4, 0.0), kRow).has_value());
}

}  // namespace
}  // namespace isoflop
