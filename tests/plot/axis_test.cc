#include "lib/plot/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace isoflop {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(Axis, OfLogarithmsHasNoPlaceForWhatIsNotAboveZero) {
  for (const double value : {0.0, -1.0, kInfinite, -kInfinite, std::nan("")}) {
    EXPECT_FALSE(CanShow(ScaleKind::kLog, value)) << value;
  }
  EXPECT_TRUE(CanShow(ScaleKind::kLog, 1e-300));
  EXPECT_TRUE(CanShow(ScaleKind::kLinear, -1.0));
  EXPECT_FALSE(CanShow(ScaleKind::kLinear, std::nan("")));
}

AxisRange RangeOf(ScaleKind kind, std::initializer_list<double> values) {
  RangeFinder finder(kind);
  for (const double value : values) finder.Add(value);
  return finder.RangeFor({.title = "", .scale = kind});
}

TEST(Axis, HoldsAllThatItCanShowWithRoomAround) {
  const AxisRange range = RangeOf(ScaleKind::kLog, {1e3, 0.0, -5.0, 1e9});
  EXPECT_LT(range.low, 1e3);
  EXPECT_GT(range.low, 1e2);
  EXPECT_GT(range.high, 1e9);
  EXPECT_LT(range.high, 1e10);
}

TEST(Axis, HasAnExtentWhateverTheValuesAre) {
  for (const ScaleKind kind : {ScaleKind::kLinear, ScaleKind::kLog}) {
    for (const auto& values : {std::initializer_list<double>{},
                               {3.0},
                               {2.0, 2.0},
                               {0.0, 0.0},
                               {-1.0},
                               {kInfinite},
                               {1e-300, 1e300}}) {
      const AxisRange range = RangeOf(kind, values);
      EXPECT_LT(range.low, range.high);
      EXPECT_TRUE(CanShow(kind, range.low));
      EXPECT_TRUE(CanShow(kind, range.high));
    }
  }
}

TEST(Axis, TakesItsOwnEndsOnlyIfTheyMakeARange) {
  RangeFinder finder(ScaleKind::kLog);
  finder.Add(10.0);
  const AxisRange own = finder.RangeFor(
      {.title = "", .scale = ScaleKind::kLog, .low = 1.0, .high = 100.0});
  EXPECT_EQ(own.low, 1.0);
  EXPECT_EQ(own.high, 100.0);
  const AxisRange upside_down = finder.RangeFor(
      {.title = "", .scale = ScaleKind::kLog, .low = 100.0, .high = 1.0});
  EXPECT_LT(upside_down.low, upside_down.high);
}

TEST(AxisScale, PutsEqualRatiosAtEqualDistancesAndGoesBack) {
  const AxisScale scale(ScaleKind::kLog, {1.0, 1e4}, 100.0, 500.0);
  EXPECT_NEAR(scale.At(1.0), 100.0, 1e-9);
  EXPECT_NEAR(scale.At(10.0), 200.0, 1e-9);
  EXPECT_NEAR(scale.At(1e4), 500.0, 1e-9);
  EXPECT_NEAR(scale.ValueAt(scale.At(37.0)), 37.0, 1e-9);
}

TEST(AxisScale, MayRunDownwards) {
  const AxisScale scale(ScaleKind::kLinear, {0.0, 2.0}, 300.0, 100.0);
  EXPECT_NEAR(scale.At(0.5), 250.0, 1e-9);
  EXPECT_NEAR(scale.ValueAt(250.0), 0.5, 1e-9);
}

}  // namespace
}  // namespace isoflop
