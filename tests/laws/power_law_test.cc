#include "analysis/laws/power_law.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

TEST(PowerLaw, IsItsCoefficientAtOne) {
  EXPECT_DOUBLE_EQ(Evaluate({.coefficient = 3.5, .exponent = -0.4}, 1.0), 3.5);
}

TEST(PowerLaw, ScalesByTwoToTheExponentWhenXDoubles) {
  const PowerLaw law{.coefficient = 0.7, .exponent = 3.0};
  EXPECT_DOUBLE_EQ(Evaluate(law, 10.0), 8.0 * Evaluate(law, 5.0));
}

}  // namespace
}  // namespace isoflop
