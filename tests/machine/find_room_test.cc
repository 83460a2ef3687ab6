#include "lib/machine/find_room.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

TEST(FindRoom, LooksAtTheNearestParentThatExists) {
  const TempDir temp;
  const Room room = FindRoom(temp / "not/yet/there");
  EXPECT_GT(room.memory, 64.0 * 1024 * 1024);
  EXPECT_GT(room.disk, 0.0);
}

}  // namespace
}  // namespace isoflop
