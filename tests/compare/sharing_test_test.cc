#include "analysis/compare/sharing_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

using ::testing::HasSubstr;

/// A fit by least squares to 27 runs.
RecipeFit FitWith(int parameters, double squares) {
  constexpr int kRuns = 27;
  RecipeFit fit;
  fit.status = FitStatus::kOk;
  fit.parameters = parameters;
  fit.objective = squares;
  fit.residuals.assign(kRuns, {std::sqrt(squares / kRuns), 1.0});
  return fit;
}

SharingTest Compare(const RecipeFit& smaller, const RecipeFit& larger) {
  return CompareSharing(smaller, larger, Penalty::Squares());
}

TEST(CompareSharing, ComputesTheRatioOfVariances) {
  const SharingTest test = Compare(FitWith(5, 3.0), FitWith(7, 2.0));
  ASSERT_EQ(test.status, FitStatus::kOk);
  EXPECT_EQ(test.numerator, 2);
  EXPECT_EQ(test.denominator, 20);
  EXPECT_NEAR(test.F, 5.0, 1e-12);
  EXPECT_NEAR(test.p_value, std::pow(1.5, -10.0), 1e-14);
}

TEST(CompareSharing, HasTheAiccOfNormalResidualsForSquares) {
  const auto aicc = [](double squares, double p) {
    return 27.0 * std::log(squares / 27.0) + 2.0 * p +
           2.0 * p * (p + 1.0) / (27.0 - p - 1.0);
  };
  EXPECT_NEAR(Compare(FitWith(5, 3.0), FitWith(7, 2.0)).delta_aicc,
              aicc(3.0, 6.0) - aicc(2.0, 8.0), 1e-9);
}

TEST(CompareSharing, ComparesAMinimumThatIsNotOnePoint) {
  RecipeFit flat = FitWith(5, 3.0);
  flat.status = FitStatus::kUnsupported;
  flat.reason = "the optimum is not one point";
  EXPECT_NEAR(Compare(flat, FitWith(7, 2.0)).F, 5.0, 1e-12);
}

TEST(CompareSharing, JudgesNothingByRounding) {
  const SharingTest same = Compare(FitWith(5, 1e-28), FitWith(7, 1e-31));
  EXPECT_EQ(same.status, FitStatus::kUnsupported);
  EXPECT_THAT(same.reason, HasSubstr("both fits reproduce the data"));
  const SharingTest other = Compare(FitWith(5, 27e-4), FitWith(7, 1e-31));
  EXPECT_EQ(other.status, FitStatus::kUnsupported);
  EXPECT_THAT(other.reason,
              HasSubstr("no noise to judge by: the fit with more parameters "
                        "reproduces the data, and the one with fewer leaves "
                        "residuals of 1 % rms"));
}

TEST(CompareSharing, IsUnsupportedWithoutBothFits) {
  RecipeFit none;
  none.reason = "no law";
  EXPECT_EQ(Compare(none, FitWith(7, 1.0)).reason, "no law");
  EXPECT_EQ(Compare(FitWith(5, 1.0), none).reason, "no law");
  EXPECT_EQ(Compare(FitWith(5, 1.0), FitWith(25, 1.0)).status,
            FitStatus::kUnsupported);
}

TEST(CompareSharing, RefusesALargerFitThatIsNotTheBest) {
  EXPECT_THAT(Compare(FitWith(5, 1.0), FitWith(7, 1.1)).reason,
              HasSubstr("stopped above"));
}

}  // namespace
}  // namespace isoflop
