// A part of the coverage study of docs/coverage.md: small enough to run every
// time, large enough to notice intervals that are much too narrow or too wide.

#include "tests/coverage/coverage.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

constexpr int kSets = 100;
constexpr int kResamples = 100;

Interval Whole(const Estimate& e) { return e.spread->interval95; }

/// Its middle half.
Interval Half(const Estimate& e) {
  const auto [low, high] = e.spread->interval95;
  return {0.5 * (low + e.value), 0.5 * (high + e.value)};
}

// Of 100 sets an interval of 95 % holds the truth in 95 +- 2.2, and its middle
// half, which would hold it in 67 +- 4.7 were the number normal, tells best
// whether it is too wide: that of an interval twice as wide holds it in 95 %.
// The sets are the same every time, so that chance has no part in the outcome.
void ExpectCoverageOf95Percent(const Design& design) {
  const auto coverages = Cover(design, kSets, kResamples, {Whole, Half});
  EXPECT_GE(coverages[0].sets, kSets - 2);
  for (std::size_t i = 0; i < kCovered.size(); ++i) {
    EXPECT_GE(coverages[0].Percent(i), 90.0) << kCovered[i];
    EXPECT_LT(coverages[0].Percent(i), 100.0) << kCovered[i];
    EXPECT_GE(coverages[1].Percent(i), 52.0) << kCovered[i];
    EXPECT_LE(coverages[1].Percent(i), 82.0) << kCovered[i];
  }
}

TEST(Coverage, IsHonestForRunsThatShareTrunks) {
  ExpectCoverageOf95Percent(TrunkDesign());
}

TEST(Coverage, IsHonestForIndependentRuns) {
  ExpectCoverageOf95Percent(RunDesign("60 runs", 60, Noise::kNormal));
}

TEST(ProfileCoverage, IsHonestForIndependentRuns) {
  const auto coverage =
      CoverByProfile(RunDesign("60 runs", 60, Noise::kNormal), kSets);
  EXPECT_EQ(coverage.sets, kSets);
  for (const int hits : {coverage.alpha, coverage.beta}) {
    EXPECT_GE(hits, 90);
    EXPECT_LT(hits, 100);
  }
}

TEST(ProfileCoverage, IsHonestWhereSomePointsAreKnownBetter) {
  for (const LossKind loss : {LossKind::kL2, LossKind::kHuber}) {
    EXPECT_GE(CoverWeightedPowerLaw(60, loss), 52) << NameOf(loss);
  }
}

}  // namespace
}  // namespace isoflop
