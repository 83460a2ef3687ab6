#include "analysis/laws/kaplan.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

// Kaplan et al. 2020, eq. (1.1), (1.2) and table 2.
constexpr KaplanLaw kSizeLaw{.scale = 8.8e13, .exponent = 0.076};
constexpr KaplanJoint kJoint{
    .N_c = 6.4e13, .D_c = 1.8e13, .alpha_N = 0.076, .alpha_D = 0.103};

TEST(KaplanLaw, IsOneNatAtItsScale) {
  EXPECT_DOUBLE_EQ(Loss(kSizeLaw, 8.8e13), 1.0);
}

TEST(KaplanLaw, GivesThePublishedLossOfABillionParameters) {
  EXPECT_NEAR(Loss(kSizeLaw, 1e9), 2.3756, 5e-4);
}

TEST(KaplanJoint, IsTheSizeLawWithEndlessData) {
  const KaplanLaw size{.scale = kJoint.N_c, .exponent = kJoint.alpha_N};
  EXPECT_NEAR(Loss(kJoint, 1e9, 1e30), Loss(size, 1e9), 1e-12);
}

TEST(KaplanJoint, IsTheDataLawWithAnEndlessModel) {
  const KaplanLaw data{.scale = kJoint.D_c, .exponent = kJoint.alpha_D};
  EXPECT_NEAR(Loss(kJoint, 1e40, 1e10), Loss(data, 1e10), 1e-12);
}

TEST(KaplanJoint, FallsWithSizeAndWithData) {
  const double loss = Loss(kJoint, 1e9, 1e10);
  EXPECT_LT(Loss(kJoint, 2e9, 1e10), loss);
  EXPECT_LT(Loss(kJoint, 1e9, 2e10), loss);
}

}  // namespace
}  // namespace isoflop
