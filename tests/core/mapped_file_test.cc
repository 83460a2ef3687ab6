#include "lib/core/mapped_file.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

std::string TextOf(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()),
          file.bytes().size()};
}

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  const TempDir dir;
  const std::string text = std::string("a\0b", 3) + std::string(10000, 'x');
  EXPECT_EQ(TextOf(MappedFile(dir.Write("a", text))), text);
}

TEST(MappedFile, OfAnEmptyFileIsEmpty) {
  const TempDir dir;
  EXPECT_TRUE(MappedFile(dir.Write("a", "")).bytes().empty());
}

TEST(MappedFile, KeepsItsPlaceWhenItIsMoved) {
  const TempDir dir;
  MappedFile file(dir.Write("a", "text"));
  const std::byte* place = file.bytes().data();
  const MappedFile moved(std::move(file));
  EXPECT_EQ(moved.bytes().data(), place);
  EXPECT_EQ(TextOf(moved), "text");
}

TEST(MappedFile, IsTheSameWhenReadsAreRandom) {
  const TempDir dir;
  const MappedFile file(dir.Write("a", "text"));
  file.ExpectRandomReads();
  EXPECT_EQ(TextOf(file), "text");
}

TEST(MappedFile, OutlivesTheNameOfTheFile) {
  const TempDir dir;
  const MappedFile file(dir.Write("a", "text"));
  std::filesystem::remove(dir / "a");
  EXPECT_EQ(TextOf(file), "text");
}

TEST(MappedFile, RefusesAFileThatIsNotThere) {
  const TempDir dir;
  EXPECT_ERROR(MappedFile(dir / "a"), "a: cannot open: No such file");
}

TEST(MappedFile, RefusesADirectory) {
  const TempDir dir;
  EXPECT_ERROR(MappedFile{dir.path()}, "cannot map");
}

TEST(MappedFile, HasTheStampOfItsFile) {
  const TempDir dir;
  const MappedFile file(dir.Write("a", "text"));
  EXPECT_EQ(file.stamp(), StampOf(dir / "a"));
  EXPECT_EQ(file.stamp().bytes, 4);
  EXPECT_FALSE(StampOf(dir / "b").has_value());
  EXPECT_FALSE(file.stamp().SameFile(*StampOf(dir.Write("b", "text"))));
}

TEST(MappedFileDeathTest, IsNamedWhereItIsCutOffWhileItIsRead) {
  const TempDir dir;
  const auto path = dir.Write("a", std::string(100000, 'x'));
  const auto read_beyond = [&path] {
    const MappedFile other(path);
    const MappedFile file(path);
    MappedFile::NameBusErrors();
    std::filesystem::resize_file(path, 10);
    volatile auto byte = file.bytes()[90000];
    (void)byte;
  };
  EXPECT_EXIT(read_beyond(), testing::KilledBySignal(SIGBUS),
              "a: was truncated while it was in use");
}

TEST(PhysicalMemory, IsAPlausibleNumberOfBytes) {
  EXPECT_GT(PhysicalMemory(), 64LL << 20);
  EXPECT_LT(PhysicalMemory(), 1LL << 50);
}

}  // namespace
}  // namespace isoflop
