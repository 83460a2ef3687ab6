#include "lib/model/cpu/fast_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace isoflop {
namespace {

/// The largest error of `fast` relative to `exact`, or (near 0) to `floor`.
double LargestError(double from, double to, double floor,
                    const std::function<double(float)>& fast,
                    const std::function<double(double)>& exact) {
  constexpr int kPoints = 200'000;
  double largest = 0.0;
  for (int i = 0; i <= kPoints; ++i) {
    const auto x = static_cast<float>(from + (to - from) * i / kPoints);
    const double expected = exact(static_cast<double>(x));
    const double scale = std::max(std::abs(expected), floor);
    largest = std::max(largest, std::abs(fast(x) - expected) / scale);
  }
  return largest;
}

TEST(FastMath, ExpIsExactToRounding) {
  EXPECT_LT(LargestError(-86.9, 88.0, 0.0, FastExp,
                         [](double x) { return std::exp(x); }),
            2.5e-7);
}

TEST(FastMath, ExpEndsInZeroAndPassesThroughOne) {
  EXPECT_EQ(FastExp(0.0F), 1.0F);
  EXPECT_EQ(FastExp(-87.0F), 0.0F);
  EXPECT_EQ(FastExp(-1e30F), 0.0F);
  EXPECT_EQ(FastExp(-INFINITY), 0.0F);
}

TEST(FastMath, ExpKeepsWhatIsNoNumber) {
  EXPECT_TRUE(std::isnan(FastExp(NAN)));
}

TEST(FastMath, ErfIsExactToRounding) {
  EXPECT_LT(LargestError(-6.0, 6.0, 0.01, FastErf,
                         [](double x) { return std::erf(x); }),
            6e-7);
}

TEST(FastMath, SigmoidIsExactToRounding) {
  EXPECT_LT(LargestError(-80.0, 80.0, 1e-30, FastSigmoid,
                         [](double x) { return 1.0 / (1.0 + std::exp(-x)); }),
            4e-7);
}

TEST(FastMath, TanhIsExactToRounding) {
  // Relative to itself, near 0 as well.
  EXPECT_LT(LargestError(-0.7, 0.7, 1e-30, FastTanh,
                         [](double x) { return std::tanh(x); }),
            3e-7);
  EXPECT_LT(LargestError(-100.0, 100.0, 0.1, FastTanh,
                         [](double x) { return std::tanh(x); }),
            3e-7);
  EXPECT_EQ(FastTanh(1e30F), 1.0F);
  EXPECT_EQ(FastTanh(-1e30F), -1.0F);
  EXPECT_TRUE(std::isnan(FastTanh(NAN)));
}

TEST(FastMath, SigmoidStaysFiniteFarOut) {
  EXPECT_LT(FastSigmoid(-1e30F), 1e-37F);
  EXPECT_EQ(FastSigmoid(1e30F), 1.0F);
}

}  // namespace
}  // namespace isoflop
