// A part of the study of docs/coverage.md.

#include "tests/coverage/shown.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

// Of 40 sets an interval of 95 % holds the truth in 38 +- 1.4. The sets are the
// same every time.
TEST(ShownExponents, HaveHonestIntervalsForRunsThatShareTrunks) {
  constexpr int kSets = 40;
  int with_intervals = 0;
  for (const ShownExponent& s : CoverShown(TrunkDesign(), kSets, 60)) {
    if (s.sets > 0) ++with_intervals;
    EXPECT_GE(100 * s.hits, 90 * s.sets) << s.name;
  }
  EXPECT_GE(with_intervals, 10);
}

}  // namespace
}  // namespace isoflop
