#include "lib/plot/thin.h"

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
  std::vector<Place> curve;
  for (int i = 0; i < 10000; ++i) {
    curve.push_back({static_cast<double>(i), 1.0 / (1.0 + i)});
  }
  curve[5432].y = 7.0;
  curve[777].y = -3.0;
  const auto thin = ThinCurve(curve, 100);
  EXPECT_LE(thin.size(), 100U);
  EXPECT_EQ(thin.front().x, 0.0);
  EXPECT_EQ(thin.back().x, 9999.0);
  EXPECT_TRUE(std::ranges::is_sorted(thin, {}, &Place::x));
  EXPECT_TRUE(std::ranges::any_of(thin, [](auto& p) { return p.y == 7.0; }));
  EXPECT_TRUE(std::ranges::any_of(thin, [](auto& p) { return p.y == -3.0; }));
}

TEST(ThinCurve, LeavesAShortOneAlone) {
  EXPECT_EQ(ThinCurve({{1.0, 2.0}, {2.0, 1.0}}, 4).size(), 2U);
}

TEST(ThinPoints, KeepsTheExtremesAndTheEnvelope) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  std::vector<Place> points(50000);
  for (Place& point : points) point = {unit(random), 1.0 + unit(random)};
  points[100] = {-1.0, 1.5};
  points[200] = {2.0, 0.2};
  points[300] = {0.5, 9.0};
  points[400] = {0.5, 0.5};  // on the envelope
  const auto kept = ThinPoints(points, 500);
  EXPECT_LE(kept.size(), 500U);
  EXPECT_GE(kept.size(), 400U);
  for (const std::size_t i : {100U, 200U, 300U, 400U}) {
    EXPECT_THAT(kept, Contains(i));
  }
  EXPECT_THAT(kept, Each(Lt(points.size())));
  EXPECT_TRUE(std::ranges::is_sorted(kept));
}

TEST(ThinPoints, StaysSmallWhereAllAreOnTheEnvelope) {
  std::vector<Place> points;
  for (int i = 0; i < 10000; ++i) points.push_back({i * 1.0, -1.0 * i});
  EXPECT_LE(ThinPoints(points, 100).size(), 100U);
}

TEST(ThinPoints, TakesAllOfFew) {
  const std::vector<Place> points = {{1.0, 1.0}, {2.0, 2.0}};
  EXPECT_THAT(ThinPoints(points, 8), ElementsAre(0U, 1U));
}

}  // namespace
}  // namespace isoflop
