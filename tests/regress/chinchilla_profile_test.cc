// Profile intervals of Approach 3.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "analysis/regress/chinchilla_fit.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::map<std::string, ProfileInterval> ProfilesOf(
    const std::vector<Observation>& runs, const ObjectiveOptions& options) {
  const ChinchillaFit fit =
      FitChinchillaTo(RunsOf(runs), {.objective = options});
  EXPECT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  std::map<std::string, ProfileInterval> profiles;
  for (const LawCoefficient& c : fit.coefficients) {
    if (c.profile) profiles.emplace(c.name, *c.profile);
  }
  return profiles;
}

/// A second implementation: the whole fit again, with the coefficient held.
double LowestWith(const std::vector<Observation>& runs,
                  ObjectiveOptions options, const std::string& name,
                  double value) {
  options.fixed[name] = value;
  return FitChinchilla(runs, options).objective;
}

TEST(ChinchillaProfile, EndsWhereTheFitWithTheValueHeldHasRisen) {
  const auto runs = WithNoise(SmallSweep(), 0.005, 4);
  for (const LossKind loss : {LossKind::kHuber, LossKind::kL2}) {
    const ObjectiveOptions options{.loss = loss};
    const double lowest = FitChinchilla(runs, options).objective;
    for (const auto& [name, profile] : ProfilesOf(runs, options)) {
      ASSERT_TRUE(profile.low && profile.high) << name;
      EXPECT_LE(profile.improvement, 1e-9 * lowest) << name;
      for (const double end : {*profile.low, *profile.high}) {
        EXPECT_NEAR(
            (LowestWith(runs, options, name, end) - lowest) / profile.rise, 1.0,
            1e-3)
            << name;
      }
    }
  }
}

TEST(ChinchillaProfile, SaysThatFewRunsBoundNoCoefficient) {
  const auto runs =
      WithNoise(IsoflopGrid(kSmallLaw, {1e11, 1.5e11}, 3, 3.0), 0.1, 11);
  const ObjectiveOptions options{.loss = LossKind::kL2};
  int unbounded = 0;
  for (const auto& [name, profile] : ProfilesOf(runs, options)) {
    unbounded += profile.low && profile.high ? 0 : 1;
  }
  EXPECT_GT(unbounded, 0);
}

TEST(ChinchillaProfile, LeavesOutWhatIsHeld) {
  const auto runs = WithNoise(SmallSweep(), 0.005, 4);
  const auto held = ProfilesOf(runs, {.fixed = {{"E", kSmallLaw.E}}});
  EXPECT_EQ(held.size(), 4U);
  EXPECT_FALSE(held.contains("E"));
  const auto tied = ProfilesOf(runs, {.tied_exponents = true});
  EXPECT_EQ(tied.size(), 4U);
  EXPECT_FALSE(tied.contains("beta"));
}

TEST(ChinchillaProfile, IsANarrowOneWhereMoreIsKnown) {
  const auto runs = WithNoise(SmallSweep(), 0.005, 4);
  const auto free = ProfilesOf(runs, {}).at("alpha");
  const auto held =
      ProfilesOf(runs, {.fixed = {{"E", kSmallLaw.E}}}).at("alpha");
  EXPECT_LT(*held.high - *held.low, *free.high - *free.low);
}

}  // namespace
}  // namespace isoflop
