#include "analysis/solve/power_law_fit.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

std::vector<WeightedPoint> OnPowerLaw(const PowerLaw& law) {
  std::vector<WeightedPoint> points;
  for (double x = 1e15; x < 1e22; x *= 7.0) {
    points.push_back({x, Evaluate(law, x), 1.0});
  }
  return points;
}

TEST(FitPowerLaw, RecoversCoefficientAndExponent) {
  for (const double exponent : {-0.05, 0.3, 0.5, 1.7}) {
    const PowerLaw law{.coefficient = 0.11, .exponent = exponent};
    const auto found = FitPowerLaw(OnPowerLaw(law));
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(found->exponent, exponent, 1e-12);
    EXPECT_NEAR(found->coefficient, 0.11, 1e-10);
  }
}

TEST(FitPowerLaw, IsScaledByTheUnitOfX) {
  const PowerLaw law{.coefficient = 3.0, .exponent = 0.5};
  auto points = OnPowerLaw(law);
  for (auto& p : points) p.x *= 4.0;
  const auto found = FitPowerLaw(points);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->coefficient, 1.5, 1e-10);
}

}  // namespace
}  // namespace isoflop
