#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

std::ptrdiff_t Entries(const fs::path& directory) {
  return std::distance(fs::directory_iterator(directory), {});
}

TEST(FileBatch, PutsEveryFileInPlaceWhenItIsCommitted) {
  const TempDir dir;
  dir.Write("a", "old");
  FileBatch batch;
  batch.Write(dir / "a", "new");
  batch.Write(dir / "d/b", "text");
  batch.Commit();
  EXPECT_EQ(ReadFile(dir / "a"), "new");
  EXPECT_EQ(ReadFile(dir / "d/b"), "text");
  EXPECT_EQ(Entries(dir.path()), 2);
  EXPECT_EQ(Entries(dir / "d"), 1);
}

TEST(FileBatch, ChangesNothingBeforeItIsCommitted) {
  const TempDir dir;
  dir.Write("a", "old");
  FileBatch batch;
  batch.Write(dir / "a", "new");
  EXPECT_EQ(ReadFile(dir / "a"), "old");
}

TEST(FileBatch, LeavesNothingBehindWhenItIsNotCommitted) {
  const TempDir dir;
  dir.Write("a", "old");
  {
    FileBatch batch;
    batch.Write(dir / "a", "new");
    batch.Write(dir / "b", "text");
  }
  EXPECT_EQ(ReadFile(dir / "a"), "old");
  EXPECT_EQ(Entries(dir.path()), 1);
}

TEST(FileBatch, OfNothingIsCommittedToo) {
  FileBatch batch;
  EXPECT_NO_THROW(batch.Commit());
}

TEST(FileBatch, RefusesAPathThroughAFile) {
  const TempDir dir;
  dir.Write("a", "text");
  FileBatch batch;
  EXPECT_ERROR(batch.Write(dir / "a/b", "text"), "cannot create directory");
}

}  // namespace
}  // namespace isoflop
