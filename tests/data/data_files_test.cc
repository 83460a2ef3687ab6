#include "lib/data/data_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/closed_folder.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const DirectoryRules kAll;

/// A directory with files in it and what is found there.
class DataFiles : public ::testing::Test {
 protected:
  void Put(const std::string& name, const std::string& text = "text") {
    fs::create_directories((dir_ / name).parent_path());
    dir_.Write(name, text);
  }

  /// The paths found below the directory, as they would be written there.
  std::vector<std::string> Find(
      const std::vector<std::string>& names,
      const std::optional<DirectoryRules>& rules = kAll) {
    std::vector<std::string> absolute;
    absolute.reserve(names.size());
    for (const auto& name : names) absolute.push_back((dir_ / name).string());
    Problems problems;
    list_ = FindFiles(absolute, "data.paths", rules, &problems);
    messages_ = problems.messages();
    std::vector<std::string> found;
    for (const DataFile& file : list_.files) {
      found.push_back(fs::relative(file.path, dir_.path()).string());
    }
    return found;
  }

  TempDir dir_;
  FileList list_;
  std::vector<std::string> messages_;
};

TEST_F(DataFiles, KeepTheOrderInWhichTheyAreNamed) {
  Put("b");
  Put("a");
  EXPECT_THAT(Find({"b", "a"}), ElementsAre("b", "a"));
}

TEST_F(DataFiles, OfAGlobAreSorted) {
  for (const char* name : {"x10", "x2", "x1", "y"}) Put(name);
  EXPECT_THAT(Find({"x*"}), ElementsAre("x1", "x10", "x2"));
}

TEST_F(DataFiles, OfADirectoryAreSortedByTheirPathBelowIt) {
  for (const char* name : {"d/z", "d/b/c", "d/b.x", "d/a/y/q"}) Put(name);
  EXPECT_THAT(Find({"d"}), ElementsAre("d/a/y/q", "d/b.x", "d/b/c", "d/z"));
}

TEST_F(DataFiles, OfADirectoryCanBeLimitedToExtensions) {
  for (const char* name : {"d/a.h", "d/b.hpp", "d/c.txt", "d/h"}) Put(name);
  EXPECT_THAT(Find({"d"}, DirectoryRules{.extensions = {".h", ".hpp"}}),
              ElementsAre("d/a.h", "d/b.hpp"));
}

TEST_F(DataFiles, WithGlobCharactersInTheirNamesAreFiles) {
  Put("a[1]*.txt");
  EXPECT_THAT(Find({"a[1]*.txt"}), ElementsAre("a[1]*.txt"));
}

TEST_F(DataFiles, AreReadOnceHoweverOftenTheyAreNamed) {
  Put("a");
  fs::create_hard_link(dir_ / "a", dir_ / "hard");
  fs::create_symlink(dir_ / "a", dir_ / "soft");
  EXPECT_THAT(Find({"a", "a", "hard", "soft", "*"}), ElementsAre("a"));
  EXPECT_EQ(list_.repeated, 6);
}

TEST_F(DataFiles, KnowTheirSizes) {
  Put("a", "12345");
  Put("b", "12");
  Find({"a", "b"});
  EXPECT_EQ(list_.files[0].bytes, 5);
  EXPECT_EQ(list_.bytes, 7);
}

TEST_F(DataFiles, ThatAreHiddenAreCountedAndPassedOver) {
  for (const char* name : {"d/a", "d/.b", "d/.git/c"}) Put(name);
  EXPECT_THAT(Find({"d"}), ElementsAre("d/a"));
  EXPECT_EQ(list_.hidden, 2);
}

TEST_F(DataFiles, ThatAreEmptyAreCountedInDirectories) {
  Put("d/a");
  Put("d/b", "");
  EXPECT_THAT(Find({"d"}), ElementsAre("d/a"));
  EXPECT_EQ(list_.empty, 1);
}

TEST_F(DataFiles, DoNotFollowLinksIntoLoops) {
  Put("d/a");
  fs::create_directory_symlink(dir_ / "d", dir_ / "d/loop");
  EXPECT_THAT(Find({"d"}), ElementsAre("d/a"));
  EXPECT_EQ(list_.irregular, 1);
}

TEST_F(DataFiles, ThatAreNoFilesAreCountedInDirectories) {
  Put("d/a");
  fs::create_symlink(dir_ / "nowhere", dir_ / "d/broken");
  fs::create_symlink(dir_ / "d/self", dir_ / "d/self");
  ASSERT_EQ(::mkfifo((dir_ / "d/pipe").c_str(), 0600), 0);
  EXPECT_THAT(Find({"d"}), ElementsAre("d/a"));
  EXPECT_EQ(list_.irregular, 3);
}

TEST_F(DataFiles, ThatWerePassedOverAreNoted) {
  Put("d/a");
  Put("d/b", "");
  Put("d/.c");
  Find({"d"});
  EXPECT_THAT(SkippedNotes(list_),
              ElementsAre(HasSubstr("1 empty"), HasSubstr("1 hidden")));
}

TEST_F(DataFiles, OfAnotherExtensionAreCountedAndNoted) {
  for (const char* name : {"d/a.h", "d/b.txt", "d/e/c.txt"}) Put(name);
  Find({"d"}, DirectoryRules{.extensions = {".h"}});
  EXPECT_EQ(list_.unwanted, 2);
  EXPECT_THAT(SkippedNotes(list_),
              ElementsAre(HasSubstr("2 file(s) without one of "
                                    "data.extensions")));
}

TEST_F(DataFiles, InAFolderThatCannotBeReadAreAProblemThatNamesIt) {
  Put("d/a");
  Put("d/closed/b");
  const ClosedFolder closed(dir_.path(), dir_ / "d/closed");
  Find({"d"});
  EXPECT_THAT(messages_,
              ElementsAre(HasSubstr("d/closed: cannot read the directory: ")));
}

TEST_F(DataFiles, ThatWereAllReadNeedNoNote) {
  Put("d/a");
  Find({"d"});
  EXPECT_THAT(messages_, IsEmpty());
  EXPECT_THAT(SkippedNotes(list_), IsEmpty());
}

TEST_F(DataFiles, ThatAreMissingAreAProblem) {
  Find({"nothing"});
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("nothing: no such file")));
}

TEST_F(DataFiles, ThatNoGlobMatchesAreAProblem) {
  Find({"*.txt"});
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("*.txt: no such file")));
}

TEST_F(DataFiles, ThatAreEmptyAreAProblemWhenNamed) {
  Put("a", "");
  Find({"a"});
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("a: is empty")));
}

TEST_F(DataFiles, ThatAreEmptyAreAProblemWhenGlobbed) {
  Put("a.txt");
  Put("b.txt", "");
  Find({"*.txt"});
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("b.txt: is empty")));
}

TEST_F(DataFiles, ThatArePipesAreAProblemAndDoNotBlock) {
  ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  Find({"pipe"});
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("is not a regular file")));
}

TEST_F(DataFiles, ThatAreBrokenLinksAreAProblemWhenNamed) {
  fs::create_symlink(dir_ / "nowhere", dir_ / "broken");
  Find({"broken"});
  EXPECT_THAT(messages_,
              ElementsAre(HasSubstr("broken: cannot open: No such")));
}

TEST_F(DataFiles, MustNotBeDirectoriesWhereThoseAreNotAllowed) {
  Put("d/a");
  Find({"d"}, std::nullopt);
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("d: is a directory")));
}

TEST_F(DataFiles, OfADirectoryWithoutAnyAreAProblem) {
  Put("d/a.txt");
  Find({"d"}, DirectoryRules{.extensions = {".h"}});
  EXPECT_THAT(
      messages_,
      ElementsAre(HasSubstr("d: holds no file to read with extension .h")));
}

TEST_F(DataFiles, SayEverythingThatIsWrongAtOnceAndWhere) {
  Put("a", "");
  Find({"a", "b", "c*"});
  ASSERT_EQ(messages_.size(), 3U);
  EXPECT_THAT(messages_[1], HasSubstr("data.paths: "));
}

}  // namespace
}  // namespace isoflop
