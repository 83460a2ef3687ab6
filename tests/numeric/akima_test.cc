#include "lib/numeric/akima.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

// The example of Akima 1970, table 1.
AkimaCurve Example() {
  return AkimaCurve({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
                    {10, 10, 10, 10, 10, 10, 10.5, 15, 50, 60, 85});
}

TEST(AkimaCurve, GoesThroughItsPoints) {
  const AkimaCurve curve = Example();
  EXPECT_DOUBLE_EQ(curve.At(0.0), 10.0);
  EXPECT_DOUBLE_EQ(curve.At(6.0), 10.5);
  EXPECT_DOUBLE_EQ(curve.At(8.0), 50.0);
  EXPECT_DOUBLE_EQ(curve.At(10.0), 85.0);
}

TEST(AkimaCurve, DoesNotSwingBesideAFlatPart) {
  const AkimaCurve curve = Example();
  for (double x = 0.0; x <= 5.0; x += 0.1) {
    EXPECT_NEAR(curve.At(x), 10.0, 1e-12) << x;
  }
}

// By hand: the gaps 5-6, ..., 8-9 have the slopes .5, 4.5, 35 and 10, so the
// slope at 7 is (25 * 4.5 + 4 * 35) / 29 and that at 8 is
// (15 * 35 + 30.5 * 10) / 45.5.
TEST(AkimaCurve, HasTheWeightedSlopes) {
  const double at7 = 252.5 / 29.0;
  const double at8 = 830.0 / 45.5;
  EXPECT_NEAR(Example().At(7.5), 0.5 * (15.0 + 50.0) + (at7 - at8) / 8.0,
              1e-12);
}

TEST(AkimaCurve, IsExactForAParabolaAtEvenDistances) {
  const auto parabola = [](double x) { return 3.0 - 2.0 * x + 0.7 * x * x; };
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 6; ++i) {
    x.push_back(0.5 * i);
    y.push_back(parabola(x.back()));
  }
  const AkimaCurve curve(x, y);
  for (double at = 0.0; at <= 2.5; at += 0.05) {
    EXPECT_NEAR(curve.At(at), parabola(at), 1e-13) << at;
  }
}

TEST(AkimaCurve, IsALineThroughTwoPoints) {
  const AkimaCurve curve({1.0, 3.0}, {5.0, 9.0});
  EXPECT_DOUBLE_EQ(curve.At(2.5), 8.0);
}

TEST(AkimaCurve, IsTheMirrorImageOfItsMirrorImage) {
  const AkimaCurve curve({0.0, 1.0, 2.5, 3.0}, {1.0, -1.0, 0.5, 2.0});
  const AkimaCurve mirror({-3.0, -2.5, -1.0, 0.0}, {2.0, 0.5, -1.0, 1.0});
  for (double x = 0.0; x <= 3.0; x += 0.1) {
    EXPECT_NEAR(curve.At(x), mirror.At(-x), 1e-13) << x;
  }
}

}  // namespace
}  // namespace isoflop
