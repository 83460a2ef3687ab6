#include "lib/core/process_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstring>

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

/// Takes memory from the system itself and gives it back: an allocator, such as
/// a sanitizer's, may keep it.
void UseForAMoment(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  std::memset(memory, 'x', bytes);
  ASSERT_EQ(::munmap(memory, bytes), 0);
}

TEST(MeasureOwnMemory, ThePeakRemembersWhatHasBeenGivenBack) {
  const auto before = MeasureOwnMemory();
  UseForAMoment(64 << 20);
  const auto after = MeasureOwnMemory();
  ASSERT_TRUE(before && after);
  EXPECT_GT(after->peak, before->private_now + 60.0 * kMebibyte);
  EXPECT_LT(after->private_now, before->private_now + 32.0 * kMebibyte);
}

}  // namespace
}  // namespace isoflop
