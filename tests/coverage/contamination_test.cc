#include "tests/coverage/contamination.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

TEST(Contamination, LeavesTheIntervalsRightAndIsNamed) {
  const Contamination found = Contaminate(30, 100);
  EXPECT_GE(found.law_hits, 25);
  EXPECT_GE(found.profile_hits, 25);
  EXPECT_GE(found.named, 95 * found.wrong / 100);
  EXPECT_LE(found.clean_warned, 3);
}

}  // namespace
}  // namespace isoflop
