#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <string>
#include <thread>

#include "lib/core/files.h"
#include "lib/tokenize/token_store.h"
#include "lib/tokenize/token_writer.h"
#include "lib/tokenize/tokenize.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

void ExpectSameFiles(const fs::path& a, const fs::path& b) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(a)) {
    const auto name = entry.path().filename();
    ++files;
    ASSERT_TRUE(fs::exists(b / name)) << name;
    EXPECT_EQ(ReadFile(a / name), ReadFile(b / name)) << name;
  }
  EXPECT_EQ(files, static_cast<std::size_t>(
                       std::distance(fs::directory_iterator(b), {})));
}

TEST(TokenizeResume, EndsTheSameWheneverItIsKilled) {
  const TempDir dir;
  const std::string text = SampleText(250000);  // several pieces
  auto options = SmallOptions(dir.Write("a.txt", text), dir / "whole");
  options.tokens_of_file = 1500000;
  Tokenize(options, nullptr);
  options.output = dir / "killed";
  options.tokenizer = dir / "whole/tokenizer.model";
  int killed = 0;
  for (int wait = 40;; wait += wait / 2) {
    ChildProcess child([&] {
      Tokenize(options, nullptr);
      return 0;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(wait));
    child.Kill(SIGKILL);
    if (child.Wait() == 0) break;
    ++killed;
  }
  EXPECT_GT(killed, 0);
  for (const char* file : {"train_000.bin", "train_001.bin"}) {
    EXPECT_EQ(ReadFile(dir / "whole" / file), ReadFile(dir / "killed" / file));
  }
  options.output = dir / "undisturbed";
  Tokenize(options, nullptr);
  ExpectSameFiles(dir / "undisturbed", dir / "killed");
}

/// Five pieces of which each has its number as ids.
class TokenStoreTest : public testing::Test {
 protected:
  static PieceRecord Piece(int i) {
    return {.hash = std::to_string(i),
            .tokens = 7,
            .documents = 1,
            .empty_documents = 0,
            .bytes = 70};
  }

  void Run(const fs::path& folder, int from, int to, bool finish) const {
    fs::create_directories(TokenStore::WorkOf(folder));
    TokenStore store(folder, TokenWidth::kUint16, /*tokens_of_file=*/10);
    for (int i = 0; i < to; ++i) {
      const bool has = store.Has(static_cast<std::size_t>(i), Piece(i).hash);
      EXPECT_EQ(has, i < from) << i;
      if (has) {
        store.KeepNext();
      } else {
        store.Add(Piece(i),
                  std::vector<std::uint32_t>(7, static_cast<std::uint32_t>(i)));
      }
    }
    if (!finish) return;
    store.Finish();
    EXPECT_EQ(store.record().tokens, 35);
    EXPECT_EQ(store.record().files.size(), 4U);
    fs::remove_all(TokenStore::WorkOf(folder));
  }

  TempDir dir_;
};

TEST_F(TokenStoreTest, GoesOnAfterAnyPiece) {
  Run(dir_ / "whole", 0, 5, true);
  for (int done = 0; done <= 5; ++done) {
    const fs::path folder = dir_ / std::to_string(done);
    Run(folder, 0, done, false);
    Run(folder, done, 5, true);
    ExpectSameFiles(dir_ / "whole", folder);
  }
}

TEST_F(TokenStoreTest, DoesATornPieceAgain) {
  Run(dir_ / "whole", 0, 5, true);
  const fs::path folder = dir_ / "torn";
  Run(folder, 0, 4, false);
  const fs::path log = TokenStore::WorkOf(folder) / "pieces.jsonl";
  const std::string text = ReadFile(log);
  WriteFileAtomically(log, text.substr(0, text.size() - 20));
  Run(folder, 3, 5, true);
  ExpectSameFiles(dir_ / "whole", folder);
}

TEST_F(TokenStoreTest, DoesAPieceAgainWhoseIdsAreGone) {
  Run(dir_ / "whole", 0, 5, true);
  const fs::path folder = dir_ / "gone";
  Run(folder, 0, 3, false);
  ASSERT_TRUE(fs::remove(TokenStore::WorkOf(folder) / "000002.ids"));
  Run(folder, 2, 5, true);
  ExpectSameFiles(dir_ / "whole", folder);
}

TEST_F(TokenStoreTest, RefusesOtherText) {
  Run(dir_ / "a", 0, 2, false);
  TokenStore store(dir_ / "a", TokenWidth::kUint16, 10);
  EXPECT_ERROR(store.Has(1, "other"), "the input has changed");
  EXPECT_ERROR(store.Finish(), "tokens of more text");
}

TEST_F(TokenStoreTest, RefusesNoTokens) {
  fs::create_directories(TokenStore::WorkOf(dir_ / "a"));
  TokenStore store(dir_ / "a", TokenWidth::kUint16, 10);
  EXPECT_ERROR(store.Finish(), "there is no text");
}

TEST(TokenWriter, TakesTheWidthOfTheVocabulary) {
  EXPECT_EQ(WidthFor(65536), TokenWidth::kUint16);
  EXPECT_EQ(WidthFor(65537), TokenWidth::kUint32);
}

}  // namespace
}  // namespace isoflop
