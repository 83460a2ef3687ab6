#include "lib/data/tokens_record.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/schema_check.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

TokensRecord Example() {
  return {.tokenizer = {.sha256 = std::string(64, 'a'),
                        .release = "0.1.97",
                        .kind = "bpe",
                        .vocab_size = 4096,
                        .end_of_text = 1,
                        .training_threads = 1},
          .fingerprint = std::string(64, 'b'),
          .documents = 3,
          .empty_documents = 1,
          .bytes = 1000,
          .tokens = 250,
          .files = {{"train_000.bin", 250, std::string(64, 'c')}}};
}

TEST(TokensRecord, IsReadAsItWasWritten) {
  const TempDir dir;
  const Json json = ToJson(Example());
  WriteJsonFile(dir / "tokens.json", json);
  EXPECT_EQ(ToJson(ReadTokensRecord(dir / "tokens.json")), json);
  EXPECT_EQ(SchemaProblem(json, "tokens"), "");
  EXPECT_DOUBLE_EQ(Example().bytes_per_token(), 4.0);
}

TEST(TokensRecord, IsFoundBesideATokenFile) {
  const TempDir dir;
  EXPECT_FALSE(FindTokensRecord(dir / "train_000.bin").has_value());
  WriteJsonFile(dir / "tokens.json", ToJson(Example()));
  EXPECT_TRUE(FindTokensRecord(dir / "train_000.bin").has_value());
  EXPECT_TRUE(FindTokensRecord(dir.path()).has_value());
}

TEST(TokensRecord, SaysWhatIsWrong) {
  const TempDir dir;
  const auto read = [&](const char* pointer, const Json& value) {
    Json json = ToJson(Example());
    json[Json::json_pointer(pointer)] = value;
    WriteJsonFile(dir / "tokens.json", json);
    return ReadTokensRecord(dir / "tokens.json");
  };
  EXPECT_ERROR(read("/schema", "isoflop.tokens/2"), "schema");
  EXPECT_ERROR(read("/tokens", 0), "tokens");
  EXPECT_ERROR(read("/input/bytes", -1), "input.bytes");
  EXPECT_ERROR(read("/input", "x"), "input");
  EXPECT_ERROR(read("/tokenizer/vocab_size", "x"), "tokenizer.vocab_size");
  EXPECT_ERROR(read("/tokenizer/size", 1), "size");
  EXPECT_ERROR(read("/files", 1), "files");
  EXPECT_ERROR(read("/files/0/tokens", 1.5), "files[0].tokens");
}

}  // namespace
}  // namespace isoflop
