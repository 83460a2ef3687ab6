#include "lib/core/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

/// The names of everything in a directory, sorted.
std::vector<std::string> Names(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

/// While it lives, no file can grow beyond `bytes`: as good as a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST(ReadFile, ReturnsEveryByte) {
  const TempDir dir;
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 1000000U}) {
    std::string text(size, 'x');
    if (size > 2) text[1] = '\0';
    EXPECT_EQ(ReadFile(dir.Write("a", text)), text);
  }
}

TEST(ReadFile, ReadsFilesThatDoNotKnowTheirSize) {
  EXPECT_NE(ReadFile("/proc/self/status").find("Name:"), std::string::npos);
}

TEST(ReadFile, RefusesWhatCannotBeRead) {
  const TempDir dir;
  EXPECT_ERROR(ReadFile(dir / "missing"),
               "missing: cannot read: No such file or directory");
  EXPECT_ERROR(ReadFile(dir.path()), "cannot read: Is a directory");
}

TEST(ReadFile, RefusesAPipeThatNobodyWritesTo) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_ERROR(ReadFile(dir / "pipe"), "pipe: is a pipe that nobody writes to");
}

TEST(ReadFile, WaitsForASlowWriterOfAPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  std::jthread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(::write(ends[1], "text", 4), 4);
    ::close(ends[1]);
  });
  EXPECT_EQ(ReadFile("/dev/fd/" + std::to_string(ends[0])), "text");
  writer.join();
  ::close(ends[0]);
}

TEST(ReadFile, GivesUpOnADeviceThatDoesNotEnd) {
  EXPECT_ERROR(ReadFile("/dev/zero"), "/dev/zero: is no regular file, and has");
}

TEST(WriteFileAtomically, DoesNotPutAFileInThePlaceOfADeviceOrAPipe) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_ERROR(WriteFileAtomically(dir / "pipe", "text"),
               "pipe: cannot replace: it is a device or a pipe");
  EXPECT_TRUE(std::filesystem::is_fifo(dir / "pipe"));
  std::filesystem::create_symlink("/dev/null", dir / "null");
  EXPECT_ERROR(WriteFileAtomically(dir / "null", "text"), "null: cannot");
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "null"));
}

TEST(WriteFileAtomically, WritesTheFileThatALinkLeadsTo) {
  const TempDir dir;
  dir.Write("file", "old");
  std::filesystem::create_symlink("file", dir / "link");
  WriteFileAtomically(dir / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "link"));
  EXPECT_EQ(ReadFile(dir / "file"), "new");
}

TEST(WriteFileAtomically, ReplacesWhatWasThere) {
  const TempDir dir;
  const fs::path path = dir.Write("a", "a longer text than the new one");
  WriteFileAtomically(path, "new");
  EXPECT_EQ(ReadFile(path), "new");
}

TEST(WriteFileAtomically, JoinsItsParts) {
  const TempDir dir;
  const std::string one = "one ";
  const std::string two = "two";
  const std::vector<std::span<const std::byte>> parts = {
      std::as_bytes(std::span(one)), {}, std::as_bytes(std::span(two))};
  WriteFileAtomically(dir / "a", parts);
  EXPECT_EQ(ReadFile(dir / "a"), "one two");
}

TEST(WriteFileAtomically, LeavesNothingElseBehind) {
  const TempDir dir;
  WriteFileAtomically(dir / "a", "text");
  EXPECT_THAT(Names(dir.path()), ElementsAre("a"));
}

TEST(WriteFileAtomically, KeepsTheOldFileWhenTheDiskIsFull) {
  const TempDir dir;
  const fs::path path = dir.Write("a", "old");
  {
    const FullDisk full(1000);
    EXPECT_ERROR(WriteFileAtomically(path, std::string(5000, 'x')),
                 "a: cannot write: File too large");
  }
  EXPECT_EQ(ReadFile(path), "old");
  EXPECT_THAT(Names(dir.path()), ElementsAre("a"));
}

TEST(WriteFileAtomically, RefusesADirectoryThatIsNotThere) {
  const TempDir dir;
  EXPECT_ERROR(WriteFileAtomically(dir / "no" / "a", "text"),
               "a: cannot write: No such file or directory");
}

TEST(WriteFileAtomically, RefusesToReplaceADirectory) {
  const TempDir dir;
  fs::create_directory(dir / "d");
  EXPECT_ERROR(WriteFileAtomically(dir / "d", "text"), "d: cannot replace");
  EXPECT_THAT(Names(dir.path()), ElementsAre("d"));
}

TEST(WriteFileAtomically, NeverShowsAReaderAMixture) {
  const TempDir dir;
  const fs::path path = dir.Write("a", std::string(5000, 'a'));
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) {
      WriteFileAtomically(path, std::string(5000, i % 2 == 0 ? 'b' : 'a'));
    }
  });
  for (int i = 0; i < 500; ++i) {
    const std::string text = ReadFile(path);
    EXPECT_EQ(text, std::string(5000, text.front()));
  }
  writer.join();
}

TEST(CreateFileExclusively, SucceedsOnce) {
  const TempDir dir;
  EXPECT_TRUE(CreateFileExclusively(dir / "a", "first"));
  EXPECT_FALSE(CreateFileExclusively(dir / "a", "second"));
  EXPECT_EQ(ReadFile(dir / "a"), "first");
  EXPECT_THAT(Names(dir.path()), ElementsAre("a"));
}

TEST(CreateFileExclusively, LetsOneOfManyWin) {
  const TempDir dir;
  std::atomic<int> winners = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back(
        [&] { winners += CreateFileExclusively(dir / "a", "mine") ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(winners, 1);
  EXPECT_THAT(Names(dir.path()), ElementsAre("a"));
}

TEST(CreateFileExclusively, RefusesADirectoryThatIsNotThere) {
  const TempDir dir;
  EXPECT_ERROR(CreateFileExclusively(dir / "no" / "a", "text"),
               "a: cannot write");
}

TEST(MakeDirectories, MakesParentsAndMindsNoneThatExist) {
  const TempDir dir;
  MakeDirectories(dir / "a/b/c");
  EXPECT_TRUE(fs::is_directory(dir / "a/b/c"));
  EXPECT_NO_THROW(MakeDirectories(dir / "a/b/c"));
}

TEST(MakeDirectories, RefusesAPathThroughAFile) {
  const TempDir dir;
  dir.Write("a", "text");
  EXPECT_ERROR(MakeDirectories(dir / "a/b"), "b: cannot create directory");
}

TEST(AppendFile, AddsLinesToWhatIsThere) {
  const TempDir dir;
  const fs::path path = dir.Write("a", "old\n");
  {
    AppendFile file(path);
    file.AppendLine("one");
    file.AppendLine("");
    file.Sync();
  }
  AppendFile(path).AppendLine("two");
  EXPECT_EQ(ReadFile(path), "old\none\n\ntwo\n");
}

TEST(AppendFile, ShowsEveryLineAtOnce) {
  const TempDir dir;
  AppendFile file(dir / "a");
  file.AppendLine("one");
  EXPECT_EQ(ReadFile(dir / "a"), "one\n");
}

TEST(AppendFile, KeepsLinesWholeThatSeveralWrite) {
  const TempDir dir;
  std::vector<std::thread> threads;
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    threads.emplace_back([&dir, letter] {
      AppendFile file(dir / "a");
      for (int i = 0; i < 200; ++i) file.AppendLine(std::string(99, letter));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = ReadFile(dir / "a");
  ASSERT_EQ(text.size(), 4U * 200 * 100);
  for (std::size_t begin = 0; begin < text.size(); begin += 100) {
    const std::string line = text.substr(begin, 100);
    EXPECT_EQ(line, std::string(99, line.front()) + "\n");
  }
}

TEST(AppendFile, SaysWhenTheDiskIsFull) {
  const TempDir dir;
  AppendFile file(dir / "a");
  const FullDisk full(100);
  EXPECT_ERROR(file.AppendLine(std::string(200, 'x')), "a: cannot append");
}

TEST(AppendFile, RefusesADirectoryThatIsNotThere) {
  const TempDir dir;
  EXPECT_ERROR(AppendFile(dir / "no" / "a"), "a: cannot append: No such file");
}

}  // namespace
}  // namespace isoflop
