// The functions without branches against those of the C library, in long
// double.

#include "lib/core/lane_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lib/core/random.h"

namespace isoflop {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The error in units of the last place of what is expected.
double UlpsFrom(long double expected, double found) {
  const double nearest = static_cast<double>(expected);
  const double ulp =
      std::nextafter(std::abs(nearest), kInf) - std::abs(nearest);
  return std::abs(
      static_cast<double>((found - expected) / static_cast<long double>(ulp)));
}

TEST(LaneMath, HasExponentialsToTwoUnitsInTheLastPlace) {
  RandomStream stream(1);
  for (int i = 0; i < 200'000; ++i) {
    const double x = i % 2 == 0 ? -708.0 + 1417.0 * stream.Uniform()
                                : 4.0 * stream.Uniform() - 2.0;
    ASSERT_LT(UlpsFrom(std::exp(static_cast<long double>(x)), LaneExp(x)), 2.0)
        << x;
  }
}

TEST(LaneMath, HasExponentialsOfTheSmallestNumbers) {
  for (const double x : {0.0, -0.0, 1e-320, -1e-320, 1e-17, -1e-17}) {
    EXPECT_EQ(LaneExp(x), 1.0) << x;
  }
  EXPECT_LT(UlpsFrom(std::exp(1e-10L), LaneExp(1e-10)), 2.0);
}

TEST(LaneMath, HasExponentialsOfNoOtherKindAtTheEnds) {
  EXPECT_EQ(LaneExp(kInf), kInf);
  EXPECT_EQ(LaneExp(-kInf), 0.0);
  EXPECT_TRUE(std::isnan(LaneExp(kNaN)));
  EXPECT_TRUE(std::isfinite(LaneExp(709.0)));
  EXPECT_EQ(LaneExp(std::nextafter(709.0, kInf)), kInf);
  EXPECT_GT(LaneExp(-708.0), 0.0);
  EXPECT_EQ(LaneExp(std::nextafter(-708.0, -kInf)), 0.0);
}

TEST(LaneMath, HasLogarithmsToTwoUnitsInTheLastPlace) {
  RandomStream stream(2);
  for (int i = 0; i < 200'000; ++i) {
    const double reach = i % 2 == 0 ? 708.0 : 1.0;
    const double x = std::exp(reach * (2.0 * stream.Uniform() - 1.0));
    ASSERT_LT(UlpsFrom(std::log(static_cast<long double>(x)), LaneLog(x)), 2.0)
        << x;
  }
}

TEST(LaneMath, HasLogarithmsNextToOneAndWhereTheExponentChanges) {
  EXPECT_EQ(LaneLog(1.0), 0.0);
  const double root = std::sqrt(0.5);
  for (const double middle : {1.0, root, 2.0 * root, 0.5, 2.0}) {
    double x = middle;
    for (int i = 0; i < 20; ++i) {
      x = std::nextafter(x, i < 10 ? 0.0 : kInf);
      EXPECT_LT(UlpsFrom(std::log(static_cast<long double>(x)), LaneLog(x)),
                2.0)
          << x;
    }
  }
}

TEST(LaneMath, HasLogarithmsOfNormalNumbersOnly) {
  EXPECT_EQ(LaneLog(0.0), -kInf);
  EXPECT_EQ(LaneLog(-0.0), -kInf);
  EXPECT_EQ(LaneLog(kInf), kInf);
  EXPECT_TRUE(std::isnan(LaneLog(-1.0)));
  EXPECT_TRUE(std::isnan(LaneLog(-kInf)));
  EXPECT_TRUE(std::isnan(LaneLog(kNaN)));
  const double least = std::numeric_limits<double>::min();
  EXPECT_LT(UlpsFrom(std::log(static_cast<long double>(least)), LaneLog(least)),
            2.0);
  const double most = std::numeric_limits<double>::max();
  EXPECT_LT(UlpsFrom(std::log(static_cast<long double>(most)), LaneLog(most)),
            2.0);
}

TEST(LaneMath, HasLogarithmsOfOneAndMoreToTwoUnitsInTheLastPlace) {
  RandomStream stream(3);
  for (int i = 0; i < 200'000; ++i) {
    const double size = std::exp(-700.0 + 1400.0 * stream.Uniform());
    const double small = std::exp(-40.0 * stream.Uniform());
    for (const double x : {size, small, -small}) {
      if (x <= -1.0) continue;
      ASSERT_LT(UlpsFrom(std::log1p(static_cast<long double>(x)), LaneLog1p(x)),
                2.0)
          << x;
    }
  }
}

TEST(LaneMath, HasLogarithmsOfOneAndMoreAtTheEnds) {
  EXPECT_EQ(LaneLog1p(0.0), 0.0);
  EXPECT_EQ(LaneLog1p(1e-300), 1e-300);
  EXPECT_EQ(LaneLog1p(kInf), kInf);
  EXPECT_EQ(LaneLog1p(-1.0), -kInf);
  EXPECT_TRUE(std::isnan(LaneLog1p(-1.5)));
  EXPECT_TRUE(std::isnan(LaneLog1p(kNaN)));
}

}  // namespace
}  // namespace isoflop
