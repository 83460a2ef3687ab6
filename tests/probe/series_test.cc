#include "lib/probe/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

TEST(Series, HasTheMeanAndItsStandardError) {
  Series series(2);
  for (const double value : {1.0, 2.0, 6.0}) series.Add(1, value);
  EXPECT_DOUBLE_EQ(series.mean(1), 3.0);
  // The squares add up to 4 + 1 + 9; 14 / (3 * 2).
  EXPECT_DOUBLE_EQ(series.std_error(1), std::sqrt(14.0 / 6.0));
  EXPECT_EQ(series.count(0), 0);
}

TEST(Series, LeavesOutPlacesWithoutValues) {
  Series series(4);
  series.Add(1, 5.0);
  series.Add(3, 7.0);
  EXPECT_THAT(series.Places(), testing::ElementsAre(1U, 3U));
  EXPECT_EQ(series.Means(series.Places()), Json({5.0, 7.0}));
  EXPECT_EQ(series.StdErrors(series.Places()), Json({0.0, 0.0}));
}

TEST(Series, KeepsItsDigitsFarFromZero) {
  Series series(1);
  for (const double value : {1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0}) {
    series.Add(0, value);
  }
  EXPECT_DOUBLE_EQ(series.std_error(0), std::sqrt(2.0 / 6.0));
}

}  // namespace
}  // namespace isoflop
