#include "lib/core/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using ::testing::MatchesRegex;

TEST(Clock, MonotonicSecondsNeverFall) {
  double before = MonotonicSeconds();
  for (int i = 0; i < 1000; ++i) {
    const double now = MonotonicSeconds();
    EXPECT_GE(now, before);
    before = now;
  }
}

TEST(Clock, UtcNowIsWrittenAsIso8601) {
  EXPECT_THAT(UtcNow(), MatchesRegex("20[0-9]{2}-[01][0-9]-[0-3][0-9]"
                                     "T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z"));
}

}  // namespace
}  // namespace isoflop
