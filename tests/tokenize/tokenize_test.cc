#include "lib/tokenize/tokenize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/data/token_file.h"
#include "lib/tokenize/token_store.h"
#include "lib/tokenize/tokenizer_model.h"
#include "tests/support/expect_error.h"
#include "tests/support/schema_check.h"
#include "tests/support/temp_dir.h"
#include "tests/tokenize/compressed.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

/// The tokens of all files, as the task reads them.
std::vector<std::int32_t> TokensIn(const std::filesystem::path& folder) {
  std::deque<TokenFile> files;
  TokenSequence sequence;
  for (const auto& file : ReadTokensRecord(folder / kTokensFile).files) {
    const TokenFile& opened = files.emplace_back(
        file.name, MappedFile(folder / file.name), TokenFormat::kAuto);
    EXPECT_EQ(opened.size(), file.tokens);
    sequence.Append(opened.tokens(), opened.width(), opened.name());
  }
  std::vector<std::int32_t> tokens(static_cast<std::size_t>(sequence.size()));
  sequence.Read(0, tokens);
  return tokens;
}

/// What SentencePiece makes of the tokens, a text for each end of text.
std::vector<std::string> TextsIn(const std::filesystem::path& folder) {
  const TokenizerModel model = TokenizerModel::Load(folder / kModelFile);
  std::vector<std::string> texts;
  std::vector<int> ids;
  for (const std::int32_t token : TokensIn(folder)) {
    if (token != model.end_of_text()) {
      ids.push_back(token);
      continue;
    }
    texts.push_back(model.Decode(ids));
    ids.clear();
  }
  EXPECT_TRUE(ids.empty());
  return texts;
}

TEST(Tokenize, GivesBackEveryDocument) {
  const TempDir dir;
  const std::string text = SampleText(500);
  dir.Write("a.txt", text);
  dir.Write("b.jsonl.gz",
            Gzip("{\"text\": \"one\\n  two \"}\n{\"text\": \"\"}\n"
                 "{\"text\": \"\\u2581 \\u0000\"}\n"));
  const auto outcome = Tokenize(SmallOptions(dir.path(), dir / "out"), nullptr);
  EXPECT_THAT(TextsIn(dir / "out"),
              testing::ElementsAre(text, "one\n  two ",
                                   std::string("\xe2\x96\x81 \0", 5)));
  EXPECT_EQ(outcome.record.documents, 4);
  EXPECT_EQ(outcome.record.empty_documents, 1);
  EXPECT_EQ(outcome.record.bytes, std::ssize(text) + 10 + 5);
  EXPECT_EQ(outcome.record.tokens, std::ssize(TokensIn(dir / "out")));
}

TEST(Tokenize, LeavesNothingButTheTokensAndWhatTheyAre) {
  const TempDir dir;
  Tokenize(SmallOptions(dir.Write("a.txt", SampleText(300)), dir / "out"),
           nullptr);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir / "out")) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre(
                         "train_000.bin", "tokens.json", "tokenizer.model"));
  EXPECT_EQ(SchemaProblem(ReadJsonFile(dir / "out/tokens.json"), "tokens"), "");
}

TEST(Tokenize, DependsOnNeitherThreadsNorCompression) {
  const TempDir dir;
  const std::string text = SampleText(200000);
  auto options = SmallOptions(dir.Write("a.txt", text), dir / "one");
  options.threads = 1;
  Tokenize(options, nullptr);
  options = SmallOptions(dir.Write("b.txt.zst", Zstd(text)), dir / "two");
  options.threads = 4;
  Tokenize(options, nullptr);
  for (const char* file : {"train_000.bin", "tokens.json", "tokenizer.model"}) {
    EXPECT_EQ(ReadFile(dir / "one" / file), ReadFile(dir / "two" / file));
  }
}

TEST(Tokenize, CutsFilesAtTheTokenThatWasAskedFor) {
  const TempDir dir;
  auto options = SmallOptions(dir.Write("a.txt", SampleText(300)), dir / "out");
  Tokenize(options, nullptr);
  options.output = dir / "cut";
  options.tokens_of_file = 1000;
  const auto cut = Tokenize(options, nullptr).record;
  EXPECT_EQ(TokensIn(dir / "cut"), TokensIn(dir / "out"));
  ASSERT_GT(cut.files.size(), 2U);
  EXPECT_EQ(cut.files[0].tokens, 1000);
  EXPECT_EQ(cut.files.size(),
            static_cast<std::size_t>((cut.tokens + 999) / 1000));
}

TEST(Tokenize, UsesATokenizerThatIsGiven) {
  const TempDir dir;
  auto options = SmallOptions(dir.Write("a.txt", SampleText(300)), dir / "out");
  Tokenize(options, nullptr);
  options.tokenizer = dir / "out/tokenizer.model";
  options.output = dir / "again";
  const auto again = Tokenize(options, nullptr).record;
  EXPECT_EQ(TokensIn(dir / "again"), TokensIn(dir / "out"));
  EXPECT_FALSE(again.tokenizer.training_threads.has_value());
}

TEST(Tokenize, DoesNothingWhereAllIsDone) {
  const TempDir dir;
  const auto options =
      SmallOptions(dir.Write("a.txt", SampleText(300)), dir / "out");
  EXPECT_FALSE(Tokenize(options, nullptr).was_complete);
  const auto before = last_write_time(dir / "out/train_000.bin");
  EXPECT_TRUE(Tokenize(options, nullptr).was_complete);
  EXPECT_EQ(last_write_time(dir / "out/train_000.bin"), before);
}

TEST(Tokenize, RefusesToMixTokens) {
  const TempDir dir;
  auto options = SmallOptions(dir.Write("a.txt", SampleText(300)), dir / "out");
  Tokenize(options, nullptr);
  auto other = options;
  other.training.vocab_size = 401;
  EXPECT_ERROR(Tokenize(other, nullptr), "vocab_size was 400 and is 401");
  other = options;
  other.training.kind = TokenizerKind::kUnigram;
  EXPECT_ERROR(Tokenize(other, nullptr), "kind was bpe and is unigram");
  other = options;
  other.inputs = {dir.Write("b.txt", SampleText(10)).string()};
  EXPECT_ERROR(Tokenize(other, nullptr), "has tokens of other text");
  Json json = ReadJsonFile(dir / "out/tokens.json");
  json["tokenizer"]["release"] = "0.0.1";
  WriteJsonFile(dir / "out/tokens.json", json);
  EXPECT_ERROR(Tokenize(options, nullptr), "release was 0.0.1 and is");
  other.force = true;
  EXPECT_FALSE(Tokenize(other, nullptr).was_complete);
}

TEST(Tokenize, RefusesADirectoryOfOtherTokens) {
  const TempDir dir;
  const auto input = dir.Write("a.txt", SampleText(300));
  dir.Write("train_000.bin", "mine");
  EXPECT_ERROR(Tokenize(SmallOptions(input, dir.path()), nullptr),
               "no tokens.json that says what it is");
  EXPECT_EQ(ReadFile(dir / "train_000.bin"), "mine");
}

TEST(Tokenize, RefusesADirectoryThatIsInUse) {
  const TempDir dir;
  const auto input = dir.Write("a.txt", SampleText(300));
  const DirectoryLock lock(dir / "out");
  EXPECT_ERROR(Tokenize(SmallOptions(input, dir / "out"), nullptr),
               "another process tokenizes into it");
}

TEST(Tokenize, NamesTheFirstLineThatIsNoText) {
  const TempDir dir;
  const auto input =
      dir.Write("a.txt", SampleText(300) + "\xff\n" + SampleText(9) + "\xfe");
  EXPECT_ERROR(Tokenize(SmallOptions(input, dir / "out"), nullptr),
               "a.txt:301: byte 0xff at byte 1 of the line is no UTF-8");
}

TEST(Tokenize, RefusesOptionsThatCannotBe) {
  const TempDir dir;
  auto options = SmallOptions(dir.Write("a.txt", "text"), dir / "out");
  options.tokens_of_file = 0;
  options.training.vocab_size = 100;
  options.threads = -1;
  for (const char* option : {"--shard-tokens", "--vocab-size", "--threads"}) {
    EXPECT_ERROR(Tokenize(options, nullptr), option);
  }
  EXPECT_FALSE(exists(dir / "out"));
}

TEST(Tokenize, SaysThatTheVocabularyIsTooLarge) {
  const TempDir dir;
  EXPECT_ERROR(
      Tokenize(SmallOptions(dir.Write("a.txt", "some text"), dir / "out"),
               nullptr),
      "is too large for the data");
  const auto empty = dir.Write("b.jsonl", "{\"text\": \"\"}\n");
  EXPECT_ERROR(Tokenize(SmallOptions(empty, dir / "out"), nullptr),
               "there is no text");
}

}  // namespace
}  // namespace isoflop
