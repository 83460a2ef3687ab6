#include "lib/data/token_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/data/task.h"
#include "lib/data/tokens_record.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kTokens = 100;

/// Files of tokens in folders of their own, with their tokens.json.
class TokenText : public testing::Test {
 protected:
  /// Writes `name` into a folder.
  std::string WriteTokens(const std::string& folder, const std::string& name) {
    std::string bytes;
    for (std::int64_t i = 0; i < kTokens; ++i) {
      bytes += static_cast<char>(++number_ % 251);
      bytes += '\0';
    }
    std::filesystem::create_directories(dir_ / folder);
    dir_.Write(folder + "/" + name, bytes);
    return (dir_ / folder / name).string();
  }

  TokensRecord RecordOf(const std::string& name, std::int64_t bytes) {
    TokensRecord record;
    record.tokenizer.sha256 = "1234567890abcdef";
    record.tokenizer.release = "0.1.97";
    record.tokenizer.kind = "bpe";
    record.tokenizer.vocab_size = 256;
    record.fingerprint = "00";
    record.bytes = bytes;
    record.tokens = kTokens;
    record.files = {{name, kTokens, "00"}};
    return record;
  }

  void Store(const std::string& folder, const TokensRecord& record) {
    dir_.Write(folder + "/" + std::string(kTokensFile), ToJson(record).dump());
  }

  static TokenFiles Open(const std::vector<std::string>& paths) {
    Problems problems;
    FileList list = FindFiles(paths, "data", std::nullopt, &problems);
    TokenFiles files = OpenTokenFiles(&list, TokenFormat::kUint16, &problems);
    problems.ThrowIfAny();
    return files;
  }

  std::optional<double> Bytes(const std::vector<std::string>& train,
                              const std::vector<std::string>& validation = {}) {
    Problems problems;
    notes_.clear();
    const TokenFiles validated =
        validation.empty() ? TokenFiles() : Open(validation);
    const auto bytes =
        BytesPerToken(Open(train), validated, &problems, &notes_);
    problems.ThrowIfAny();
    return bytes;
  }

  std::string ErrorOf(const std::vector<std::string>& train) {
    try {
      Bytes(train);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  TempDir dir_;
  std::vector<std::string> notes_;
  int number_ = 0;
};

TEST_F(TokenText, IsCountedByTheRecordBesideTheFiles) {
  const std::string file = WriteTokens("a", "train_000.bin");
  Store("a", RecordOf("train_000.bin", 420));
  EXPECT_EQ(Bytes({file}), 4.2);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(TokenText, IsThatOfTheValidationFilesWhereThereAreSome) {
  const std::string train = WriteTokens("a", "train_000.bin");
  const std::string validation = WriteTokens("b", "val_000.bin");
  Store("b", RecordOf("val_000.bin", 300));
  EXPECT_EQ(Bytes({train}, {validation}), 3.0);
  EXPECT_EQ(Bytes({validation}, {train}), std::nullopt);
}

TEST_F(TokenText, IsTheMeanOverSeveralFolders) {
  const std::string one = WriteTokens("a", "train_000.bin");
  const std::string two = WriteTokens("b", "train_000.bin");
  Store("a", RecordOf("train_000.bin", 300));
  EXPECT_EQ(Bytes({one, two}), std::nullopt);
  Store("b", RecordOf("train_000.bin", 500));
  EXPECT_EQ(Bytes({one, two}), 4.0);
}

TEST_F(TokenText, IsNotKnownOfFilesThatTheRecordDoesNotName) {
  const std::string file = WriteTokens("a", "train_000.bin");
  EXPECT_EQ(Bytes({file}), std::nullopt);
  Store("a", RecordOf("train_001.bin", 300));
  EXPECT_EQ(Bytes({file}), std::nullopt);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(TokenText, IsNotBelievedWhereTheFileIsAnother) {
  const std::string file = WriteTokens("a", "train_000.bin");
  TokensRecord record = RecordOf("train_000.bin", 300);
  record.files.front().tokens = kTokens + 1;
  Store("a", record);
  EXPECT_EQ(Bytes({file}), std::nullopt);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("tells of 101 tokens")));
}

TEST_F(TokenText, IsNotKnownWithoutAnyText) {
  const std::string file = WriteTokens("a", "train_000.bin");
  Store("a", RecordOf("train_000.bin", 0));
  EXPECT_EQ(Bytes({file}), std::nullopt);
}

TEST_F(TokenText, OfTwoTokenizersIsRefused) {
  const std::string one = WriteTokens("a", "train_000.bin");
  const std::string two = WriteTokens("b", "train_000.bin");
  Store("a", RecordOf("train_000.bin", 300));
  TokensRecord other = RecordOf("train_000.bin", 300);
  other.tokenizer.sha256 = "fedcba0987654321";
  Store("b", other);
  EXPECT_THAT(ErrorOf({one, two}), HasSubstr("is of another tokenizer"));
}

TEST_F(TokenText, OfTwoReleasesOfSentencePieceIsRefused) {
  const std::string one = WriteTokens("a", "train_000.bin");
  const std::string two = WriteTokens("b", "train_000.bin");
  Store("a", RecordOf("train_000.bin", 300));
  TokensRecord other = RecordOf("train_000.bin", 300);
  other.tokenizer.release = "0.2.0";
  Store("b", other);
  EXPECT_THAT(ErrorOf({one, two}), HasSubstr("SentencePiece 0.2.0"));
}

TEST_F(TokenText, WithARecordThatCannotBeReadIsRefused) {
  const std::string file = WriteTokens("a", "train_000.bin");
  dir_.Write("a/tokens.json", "{");
  EXPECT_THAT(ErrorOf({file}), HasSubstr("tokens.json"));
}

TEST_F(TokenText, IsKnownToTheTask) {
  const std::string file = WriteTokens("a", "train_000.bin");
  Store("a", RecordOf("train_000.bin", 420));
  const Json config = {{"kind", "tokens"},
                       {"train_paths", {file}},
                       {"format", "uint16"},
                       {"vocab_size", 256},
                       {"eval_tokens", 16}};
  Problems problems;
  const DataConfig data = ParseDataConfig(config, "data", 8, &problems);
  problems.ThrowIfAny();
  const auto task = OpenTask(data, 8);
  EXPECT_EQ(task->info().bytes_per_token, 4.2);
  EXPECT_EQ(ToJson(task->info()).at("bytes_per_token"), 4.2);
}

}  // namespace
}  // namespace isoflop
