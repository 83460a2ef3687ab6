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

// Of 100 sets 95 % are 95 +- 2.2; the half intervals should hold 67 %.
void ExpectCoverageOf95Percent(const Design& design) {
  const auto coverages = Cover(design, kSets, kResamples, {Whole, Half});
  EXPECT_GE(coverages[0].sets, kSets - 2);
  for (std::size_t i = 0; i < kCovered.size(); ++i) {
    EXPECT_GE(coverages[0].Percent(i), 90.0) << kCovered[i];
    EXPECT_LE(coverages[1].Percent(i), 85.0) << kCovered[i];
  }
}

TEST(Coverage, IsHonestForRunsThatShareTrunks) {
  ExpectCoverageOf95Percent(TrunkDesign());
}

TEST(Coverage, IsHonestForIndependentRuns) {
  ExpectCoverageOf95Percent(RunDesign("60 runs", 60, Noise::kNormal));
}

}  // namespace
}  // namespace isoflop
