#include "lib/core/process_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace isoflop {
namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;

TEST(MeasureOwnMemory, ThePeakIsNoLessThanWhatIsThereNow) {
  const auto memory = MeasureOwnMemory();
  ASSERT_TRUE(memory.has_value());
  EXPECT_GT(memory->private_now, 0.0);
  EXPECT_GT(memory->shared_now, 0.0);
  EXPECT_GE(memory->peak, 0.9 * (memory->private_now + memory->shared_now));
}

TEST(MeasureOwnMemory, ThePeakRemembersWhatHasBeenGivenBack) {
  const auto before = MeasureOwnMemory();
  { const std::vector<char> large(64 << 20, 'x'); }
  const auto after = MeasureOwnMemory();
  ASSERT_TRUE(before && after);
  EXPECT_GT(after->peak, before->private_now + 60.0 * kMebibyte);
  EXPECT_LT(after->private_now, before->private_now + 32.0 * kMebibyte);
}

}  // namespace
}  // namespace isoflop
