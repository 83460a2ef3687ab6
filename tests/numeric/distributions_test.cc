#include "lib/numeric/distributions.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

TEST(Distributions, StudentsTHasItsTabulatedQuantiles) {
  EXPECT_NEAR(StudentTQuantile(0.975, 1.0), 12.706204736432095, 1e-9);
  EXPECT_NEAR(StudentTQuantile(0.975, 9.0), 2.2621571627409915, 1e-10);
  EXPECT_NEAR(StudentTQuantile(0.975, 239.0), 1.969939, 1e-6);
  EXPECT_NEAR(StudentTQuantile(0.975, 1e7), 1.959964, 1e-6);
  EXPECT_NEAR(StudentTQuantile(0.5, 5.0), 0.0, 1e-9);
}

TEST(Distributions, StudentsTIsCauchysWithOneDegree) {
  for (const double t : {-3.0, -0.5, 0.0, 0.7, 20.0}) {
    EXPECT_NEAR(StudentTCdf(t, 1.0), 0.5 + std::atan(t) / std::acos(-1.0),
                1e-12);
  }
}

TEST(Distributions, FHasItsTabulatedUpperTail) {
  EXPECT_NEAR(FUpperTail(3.3258345, 5.0, 10.0), 0.05, 1e-8);
  EXPECT_NEAR(FUpperTail(2.0, 2.0, 2.0), 1.0 / 3.0, 1e-12);
  EXPECT_EQ(FUpperTail(0.0, 3.0, 4.0), 1.0);
}

TEST(Distributions, FIsTheSquareOfStudentsT) {
  EXPECT_NEAR(FUpperTail(2.5 * 2.5, 1.0, 7.0), 2.0 * StudentTCdf(-2.5, 7.0),
              1e-12);
}

TEST(Distributions, ChiSquaredHasItsTabulatedUpperTail) {
  EXPECT_NEAR(ChiSquaredUpperTail(3.841458820694124, 1.0), 0.05, 1e-9);
  EXPECT_NEAR(ChiSquaredUpperTail(4.0, 2.0), std::exp(-2.0), 1e-9);
}

}  // namespace
}  // namespace isoflop
