#include "lib/numeric/thinned.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace isoflop {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Lt;

TEST(ThinCurve, KeepsEndsAndSpikes) {
  std::vector<double> curve;
  for (int i = 0; i < 10000; ++i) curve.push_back(1.0 / (1.0 + i));
  curve[5432] = 7.0;
  curve[777] = -3.0;
  const auto kept = ThinCurve(curve, 100);
  EXPECT_LE(kept.size(), 100U);
  EXPECT_GE(kept.size(), 90U);
  for (const std::size_t i : {0U, 777U, 5432U, 9999U}) {
    EXPECT_THAT(kept, Contains(i));
  }
  EXPECT_TRUE(std::ranges::is_sorted(kept));
}

TEST(ThinCurve, LeavesAShortOneAlone) {
  EXPECT_THAT(ThinCurve(std::vector<double>{2.0, 1.0}, 4), ElementsAre(0U, 1U));
  EXPECT_THAT(ThinCurve({}, 4), testing::IsEmpty());
}

TEST(ThinPoints, KeepsTheExtremesAndTheEnvelope) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  std::vector<double> x(50000);
  std::vector<double> y(50000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = unit(random);
    y[i] = 1.0 + unit(random);
  }
  x[100] = -1.0;
  x[200] = 2.0;
  y[200] = 0.2;
  y[300] = 9.0;
  x[400] = 0.5;
  y[400] = 0.5;  // on the envelope
  const auto kept = ThinPoints(x, y, 500);
  EXPECT_LE(kept.size(), 500U);
  EXPECT_GE(kept.size(), 400U);
  for (const std::size_t i : {100U, 200U, 300U, 400U}) {
    EXPECT_THAT(kept, Contains(i));
  }
  EXPECT_THAT(kept, Each(Lt(x.size())));
  EXPECT_TRUE(std::ranges::is_sorted(kept));
}

TEST(ThinPoints, StaysSmallWhereAllAreOnTheEnvelope) {
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 10000; ++i) {
    x.push_back(i);
    y.push_back(-1.0 * i);
  }
  EXPECT_LE(ThinPoints(x, y, 100).size(), 100U);
}

TEST(ThinPoints, TakesAllOfFew) {
  const std::vector<double> values = {1.0, 2.0};
  EXPECT_THAT(ThinPoints(values, values, 8), ElementsAre(0U, 1U));
}

}  // namespace
}  // namespace isoflop
