#include "analysis/decide/candidates.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

constexpr ObservedReach kReach{.params = {1e3, 1e6},
                               .tokens = {1e4, 1e8},
                               .tokens_per_param = {5.0, 80.0}};

TEST(CandidateAxis, GoesFromTheSmallestToFourTimesTheLargest) {
  const std::vector<double> axis = CandidateAxis({100.0, 400.0});
  ASSERT_EQ(axis.size(), 9U);  // 16 times in steps of 2^(1/2)
  EXPECT_DOUBLE_EQ(axis.front(), 100.0);
  EXPECT_NEAR(axis.back(), 1600.0, 1e-9);
  EXPECT_EQ(CandidateAxis({7.0, 7.0}).size(), 5U);
}

TEST(ObjectionBySpan, IsToTokensPerParameterThatTheDataLack) {
  EXPECT_EQ(ObjectionBySpan(1e5, 5e5, kReach), std::nullopt);
  EXPECT_EQ(ObjectionBySpan(1e5, 8e6, kReach), std::nullopt);
  EXPECT_EQ(ObjectionBySpan(1e5, 4.9e5, kReach), Objection::kRatio);
  EXPECT_EQ(ObjectionBySpan(1e5, 8.1e6, kReach), Objection::kRatio);
}

TEST(ObjectionBySpan, IsToWhatIsSmallerOrMuchLargerThanTheData) {
  EXPECT_EQ(ObjectionBySpan(4e6, 1e8, kReach), std::nullopt);
  EXPECT_EQ(ObjectionBySpan(4.1e6, 1e8, kReach), Objection::kReach);
  EXPECT_EQ(ObjectionBySpan(9e2, 2e4, kReach), Objection::kReach);
  EXPECT_EQ(ObjectionBySpan(1.5e3, 9e3, kReach), Objection::kReach);
  EXPECT_EQ(ObjectionBySpan(4e6, 4.1e8, kReach), Objection::kReach);
}

}  // namespace
}  // namespace isoflop
