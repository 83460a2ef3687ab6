#include "lib/numeric/order.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

TEST(OrderBy, KeepsEqualOnesInTheirOrder) {
  const std::vector<int> values = {2, 1, 2, 0};
  EXPECT_EQ(OrderBy(values.size(), [&](std::size_t i) { return values[i]; }),
            (std::vector<std::size_t>{3, 1, 0, 2}));
}

TEST(ClassesOf, JoinValuesThatDifferByRounding) {
  const std::vector<double> values = {3.0, 1.0, 3.0 * (1.0 + 1e-12), 2.0};
  EXPECT_EQ(ClassesOf(values), (std::vector<std::size_t>{2, 0, 2, 1}));
  EXPECT_EQ(CountDistinct(values), 3U);
  EXPECT_EQ(CountDistinct(std::vector<double>()), 0U);
}

TEST(CentredRanks, ShareTheMeanOfTheRanksOfEqualValues) {
  const std::vector<double> values = {5.0, 1.0, 5.0, 9.0};
  EXPECT_EQ(CentredRanks(values), (std::vector<double>{0.0, -1.5, 0.0, 1.5}));
}

TEST(CentredCorrelation, IsOneOfProportionalNumbersAndZeroOfNone) {
  EXPECT_DOUBLE_EQ(CentredCorrelation({-1.0, 0.0, 1.0}, {-3.0, 0.0, 3.0}), 1.0);
  EXPECT_EQ(CentredCorrelation({0.0, 0.0}, {-3.0, 3.0}), 0.0);
}

}  // namespace
}  // namespace isoflop
