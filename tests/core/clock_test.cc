#include "lib/core/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace isoflop {
namespace {

TEST(Clock, MonotonicSecondsNeverFall) {
  double before = MonotonicSeconds();
  for (int i = 0; i < 1000; ++i) {
    const double now = MonotonicSeconds();
    EXPECT_GE(now, before);
    before = now;
  }
}

TEST(Clock, UtcNowIsWrittenAsIso8601) {
  const std::regex iso(R"(20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\dZ)");
  EXPECT_TRUE(std::regex_match(UtcNow(), iso)) << UtcNow();
}

}  // namespace
}  // namespace isoflop
