#include "lib/data/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;

/// Files in a directory, in the order in which they are added.
class CorpusTest : public ::testing::Test {
 protected:
  void Put(const std::string& name, const std::string& text) {
    Problems problems;
    const FileList one = FindFiles({dir_.Write(name, text).string()}, "data",
                                   std::nullopt, &problems);
    problems.ThrowIfAny();
    list_.files.push_back(one.files[0]);
    list_.bytes += one.bytes;
  }

  static std::vector<std::string> Texts(const Corpus& corpus) {
    std::vector<std::string> texts;
    for (const auto document : corpus.documents()) {
      texts.emplace_back(reinterpret_cast<const char*>(document.data()),
                         document.size());
    }
    return texts;
  }

  TempDir dir_;
  FileList list_;
};

TEST_F(CorpusTest, HoldsTheFilesInOrder) {
  Put("b", "second");
  Put("a", "first");
  const Corpus corpus(list_);
  EXPECT_THAT(Texts(corpus), ElementsAre("second", "first"));
  EXPECT_EQ(corpus.bytes(), 11);
}

TEST_F(CorpusTest, IsTheSameWhetherFilesAreReadOrMapped) {
  Put("a", "small");
  Put("b", std::string(5000, 'x'));
  const Corpus read(list_, {.mapped_from = 1 << 20});
  const Corpus mixed(list_, {.mapped_from = 1000});
  const Corpus mapped(list_, {.mapped_from = 1});
  EXPECT_EQ(Texts(read), Texts(mixed));
  EXPECT_EQ(Texts(read), Texts(mapped));
  EXPECT_EQ(read.fingerprint(), mapped.fingerprint());
}

TEST_F(CorpusTest, DropsExactCopiesAndCountsThem) {
  Put("a", "text");
  Put("b", "other");
  Put("c", "text");
  Put("d", "text");
  const Corpus corpus(list_);
  EXPECT_THAT(Texts(corpus), ElementsAre("text", "other"));
  EXPECT_EQ(corpus.duplicates(), 2);
  EXPECT_EQ(corpus.bytes(), 9);
}

TEST_F(CorpusTest, KeepsItsDocumentsWhenItIsMoved) {
  Put("a", "short");
  Put("b", std::string(100, 'x'));
  Corpus corpus(list_);
  const Corpus moved(std::move(corpus));
  EXPECT_THAT(Texts(moved), ElementsAre("short", std::string(100, 'x')));
}

TEST_F(CorpusTest, FingerprintDoesNotDependOnNames) {
  Put("a", "one");
  Put("b", "two");
  const std::string before = Corpus(list_).fingerprint();
  list_ = {};
  Put("y", "one");
  Put("x", "two");
  EXPECT_EQ(Corpus(list_).fingerprint(), before);
}

TEST_F(CorpusTest, FingerprintDependsOnContentsAndOrder) {
  Put("a", "one");
  Put("b", "two");
  const std::string before = Corpus(list_).fingerprint();
  std::ranges::reverse(list_.files);
  EXPECT_NE(Corpus(list_).fingerprint(), before);
}

TEST_F(CorpusTest, RefusesMoreSmallFilesThanMemoryMayHold) {
  Put("a", std::string(600, 'x'));
  Put("b", std::string(600, 'y'));
  EXPECT_ERROR(Corpus(list_, {.memory = 1024}),
               "2 files below 1.0 MiB hold 1.2 KiB together, and more than 1.0 "
               "KiB");
}

TEST_F(CorpusTest, RefusesMoreLargeFilesThanCanBeMapped) {
  Put("a", std::string(600, 'x'));
  Put("b", std::string(600, 'y'));
  EXPECT_ERROR(Corpus(list_, {.mapped_from = 512, .mapped_files = 1}),
               "2 files of 512 B or more cannot be mapped at once, at most 1");
}

TEST_F(CorpusTest, RefusesAFileThatVanished) {
  Put("a", "text");
  std::filesystem::remove(dir_ / "a");
  EXPECT_ERROR(Corpus{list_}, "a: cannot read: No such file");
}

}  // namespace
}  // namespace isoflop
