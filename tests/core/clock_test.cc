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

TEST(Clock, SecondsSince1970AreThoseOfDate) {
  // date --utc --date=2026-01-31T23:59:59Z +%s
  EXPECT_EQ(SecondsSince1970("2026-01-31T23:59:59Z"), 1769903999);
  EXPECT_EQ(SecondsSince1970("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(SecondsSince1970("2024-02-29T12:00:00Z"), 1709208000);
  EXPECT_NE(SecondsSince1970(UtcNow()), std::nullopt);
}

TEST(Clock, SecondsSince1970OfWhatIsNoTimeAreNone) {
  for (const char* text :
       {"", "now", "2026-01-31", "2026-01-31T23:59:59", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31 23:59:59Z",
        "2026-01-31T23:60:00Z", "+026-01-31T23:59:59Z",
        "2026-01-31T23:59:59Zz"}) {
    EXPECT_EQ(SecondsSince1970(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace isoflop
