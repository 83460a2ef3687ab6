// Penalties of several residuals at a time against those of one.

#include "analysis/fit/lanes.h"

#include <gtest/gtest.h>

#include <cmath>

namespace isoflop {
namespace {

TEST(Lanes, HaveThePenaltiesOfSingleResiduals) {
  Lanes residuals;
  for (int i = 0; i < kLanes; ++i) residuals[i] = 1e-3 * (i - 5.5) * i;
  residuals[3] = 0.0;
  for (const Penalty& penalty :
       {Penalty::Huber(0.01), Penalty::SmoothedLad(1e-6), Penalty::Squares(),
        Penalty::Student({0.01, 2.5})}) {
    const PenaltyLanes lanes = PenaltyAt(penalty, residuals);
    const Lanes weights = SquareWeights(lanes, residuals);
    for (int i = 0; i < kLanes; ++i) {
      const PenaltyValue expected = penalty(residuals[i]);
      EXPECT_NEAR(lanes.value[i], expected.value,
                  1e-14 * (1.0 + std::abs(expected.value)));
      EXPECT_NEAR(lanes.slope[i], expected.slope,
                  1e-14 * (1.0 + std::abs(expected.slope)));
      EXPECT_NEAR(lanes.curvature[i], expected.curvature,
                  1e-14 * (1.0 + std::abs(expected.curvature)));
      const double weight = penalty.SquareWeight(residuals[i]);
      EXPECT_NEAR(weights[i], weight, 1e-14 * (1.0 + weight));
    }
  }
}

}  // namespace
}  // namespace isoflop
