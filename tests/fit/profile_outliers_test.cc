#include "analysis/fit/profile_outliers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/fit/isoflop_fit.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::size_t> Off(const std::vector<Observation>& runs,
                             const std::vector<std::size_t>& candidates) {
  return RunsOffProfiles(runs, GroupByBudget(runs), candidates);
}

TEST(ProfileOutliers, AreCandidatesThatTheOtherRunsDoNotExplain) {
  auto runs = WithNoise(SmallSweep(), 0.002, 4);
  runs[17].L *= 1.5;
  EXPECT_THAT(Off(runs, {17, 20}), ElementsAre(17)) << "20 is where it belongs";
  EXPECT_THAT(Off(runs, {}), IsEmpty());
}

TEST(ProfileOutliers, StayWhereTooFewRunsWouldBeLeft) {
  auto runs = WithNoise(SmallSweep(), 0.002, 4);
  for (std::size_t i = 0; i < 4; ++i) runs[i].L *= 1.5;
  EXPECT_THAT(Off(runs, {0, 1, 2, 3}), IsEmpty());
}

TEST(ProfileOutliers, DoNotMoveTheMinimumTheyWereOff) {
  auto runs = WithNoise(SmallSweep(), 0.002, 4);
  const auto before = FitIsoflop(runs).budgets[2];
  runs[17].L *= 3.0;  // of the third profile
  const std::vector<std::size_t> candidates = {17};
  const IsoflopFit fit = FitIsoflopWithout(candidates, runs, {});
  EXPECT_THAT(fit.left_aside, ElementsAre(17));
  ASSERT_TRUE(fit.budgets[2].has_minimum());
  EXPECT_NEAR(fit.budgets[2].params_opt->value / before.params_opt->value, 1.0,
              0.05);
}

TEST(IsoflopFit, CallsAMinimumWrongThatIsFarBelowEveryLoss) {
  auto runs = SmallSweep();
  runs[20].L *= 3.0;  // the largest size of the third profile
  const auto fit = FitIsoflop(runs);
  EXPECT_EQ(fit.budgets[2].minimum, MinimumKind::kBelowAll);
  EXPECT_FALSE(fit.budgets[2].has_minimum());
  EXPECT_EQ(fit.budgets[1].minimum, MinimumKind::kInterior);
}

}  // namespace
}  // namespace isoflop
