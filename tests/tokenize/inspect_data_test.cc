#include "lib/tokenize/inspect_data.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/tokenize/token_writer.h"
#include "lib/tokenize/tokenize.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/tokenize/compressed.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

void WriteTokens(const std::filesystem::path& path,
                 const std::vector<std::uint32_t>& ids, TokenWidth width) {
  const auto bytes = PackTokens(ids, width);
  WriteTokenFile(path, width, {bytes});
}

TEST(InspectData, CountsIdsAndBlocks) {
  const TempDir dir;
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < 3 * 64; ++i) ids.push_back(i % 64);
  ids.push_back(70000);
  WriteTokens(dir / "a.bin", ids, TokenWidth::kUint32);
  const auto found = InspectData(dir / "a.bin", "text");
  EXPECT_EQ(found.what, "token file, uint32");
  ASSERT_TRUE(found.tokens.has_value());
  EXPECT_EQ(found.tokens->tokens, 193);
  EXPECT_EQ(found.tokens->largest, 70000);
  EXPECT_EQ(found.tokens->distinct, 65);
  EXPECT_EQ(found.tokens->blocks, 3);
  EXPECT_EQ(found.tokens->repeated_blocks, 2);
  EXPECT_FALSE(found.tokens->first_text || found.tokens->documents);
}

TEST(InspectData, ShowsFirstTokensAsTextWhereTheTokenizerIs) {
  const TempDir dir;
  const auto input = dir.Write(
      "a.jsonl", "{\"text\": \"Hello there\"}\n{\"text\": \"Hello there\"}\n");
  dir.Write("b.txt", SampleText(300));
  auto options = SmallOptions(input, dir / "out");
  options.inputs.push_back((dir / "b.txt").string());
  Tokenize(options, nullptr);
  const auto found = InspectData(dir / "out/train_000.bin", "text");
  ASSERT_TRUE(found.tokens && found.tokens->first_text);
  EXPECT_EQ(found.tokens->first_text->substr(0, 5), "Hello");
  EXPECT_EQ(found.tokens->documents, 3);
  EXPECT_EQ(found.tokens->repeated_documents, 1);
  EXPECT_EQ(found.tokens->vocab_size, 400);
  EXPECT_TRUE(ToJson(found)["tokens"].contains("bytes_per_token"));
}

TEST(InspectData, CountsDocumentsOfText) {
  const TempDir dir;
  const auto found = InspectData(
      dir.Write("a.jsonl.gz", Gzip("{\"t\": \"a\\nb\"}\n{\"t\": \"\"}\n"
                                   "{\"t\": \"a\\nb\"}\n{\"t\": \"ab\"}\n")),
      "t");
  ASSERT_TRUE(found.text.has_value());
  EXPECT_EQ(found.text->documents, 4);
  EXPECT_EQ(found.text->empty_documents, 1);
  EXPECT_EQ(found.text->repeated_documents, 1);
  EXPECT_EQ(found.text->lines, 5);
  EXPECT_EQ(found.text->bytes, 8);
  EXPECT_EQ(found.text->first_text.substr(0, 3), "a\nb");
}

TEST(InspectData, SaysWhatAFileIsThatNothingReads) {
  const TempDir dir;
  EXPECT_EQ(InspectData(dir.Write("a.xz", std::string("\xfd"
                                                      "7zXZ\0",
                                                      6)),
                        "t")
                .what,
            "compressed with xz");
}

TEST(InspectData, RefusesWhatIsBroken) {
  const TempDir dir;
  WriteTokens(dir / "a.bin", {1, 2, 3}, TokenWidth::kUint16);
  std::filesystem::resize_file(dir / "a.bin", 1024 + 4);
  EXPECT_ERROR(InspectData(dir / "a.bin", "text"), "its header says 3 tokens");
  EXPECT_ERROR(InspectData(dir.Write("b.bin", std::string(2000, '\1')), "text"),
               "magic number");
  EXPECT_ERROR(InspectData(dir.Write("c.txt", "a\n\xff"), "text"),
               "c.txt:2: is no UTF-8");
  EXPECT_ERROR(InspectData(dir.Write("d.jsonl", "{}"), "text"), "d.jsonl:1");
  EXPECT_ERROR(InspectData(dir.Write("e.model", "x"), "text"), "is no model");
  EXPECT_ERROR(InspectData(dir / "none.bin", "text"), "none.bin");
  EXPECT_ERROR(FilesToInspect({(dir / "none").string()}), "no such file");
}

}  // namespace
}  // namespace isoflop
