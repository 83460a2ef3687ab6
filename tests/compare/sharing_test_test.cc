#include "analysis/compare/sharing_test.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

RecipeFit FitWith(int parameters, double squares) {
  RecipeFit fit;
  fit.status = FitStatus::kOk;
  fit.parameters = parameters;
  fit.squares = squares;
  return fit;
}

TEST(CompareSharing, ComputesTheRatioOfVariances) {
  const SharingTest test = CompareSharing(FitWith(5, 3.0), FitWith(7, 2.0), 27);
  ASSERT_EQ(test.status, FitStatus::kOk);
  EXPECT_EQ(test.numerator, 2);
  EXPECT_EQ(test.denominator, 20);
  EXPECT_DOUBLE_EQ(test.F, 5.0);
  EXPECT_NEAR(test.p_value, std::pow(1.5, -10.0), 1e-14);
  EXPECT_GT(test.delta_aicc, 0.0);
}

TEST(CompareSharing, FindsNothingInRounding) {
  const SharingTest test =
      CompareSharing(FitWith(5, 1e-28), FitWith(7, 1e-31), 27);
  EXPECT_EQ(test.F, 0.0);
  EXPECT_EQ(test.p_value, 1.0);
}

TEST(CompareSharing, IsUnsupportedWithoutBothFits) {
  RecipeFit none;
  none.reason = "no law";
  EXPECT_EQ(CompareSharing(none, FitWith(7, 1.0), 27).reason, "no law");
  EXPECT_EQ(CompareSharing(FitWith(5, 1.0), none, 27).reason, "no law");
  EXPECT_EQ(CompareSharing(FitWith(5, 1.0), FitWith(7, 1.0), 9).status,
            FitStatus::kUnsupported);
}

}  // namespace
}  // namespace isoflop
