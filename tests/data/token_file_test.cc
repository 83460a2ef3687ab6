#include "lib/data/token_file.h"

#include <gtest/gtest.h>

#include "tests/data/token_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

TokenFile Open(const TempDir& dir, const std::string& bytes,
               TokenFormat format) {
  return {"shard.bin", MappedFile(dir.Write("shard.bin", bytes)), format};
}

std::int32_t TokenAt(const TokenFile& file, std::int64_t index) {
  TokenSequence tokens;
  tokens.Append(file.tokens(), file.width(), file.name());
  std::int32_t token = 0;
  tokens.Read(index, std::span(&token, 1));
  return token;
}

struct GoodFile {
  const char* what;
  std::string bytes;
  TokenFormat format;
};

TEST(TokenFile, ReadsEveryFormat) {
  const auto tokens = Counting(700, 5);
  const std::vector<GoodFile> good = {
      {"llm.c, GPT-2", Gpt2Header(700) + TokenBytes<std::uint16_t>(tokens),
       TokenFormat::kAuto},
      {"llm.c, Llama 3", Llama3Header(700) + TokenBytes<std::uint32_t>(tokens),
       TokenFormat::kAuto},
      {"uint16", TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint16},
      {"uint32", TokenBytes<std::uint32_t>(tokens), TokenFormat::kUint32}};
  for (const GoodFile& file : good) {
    const TempDir dir;
    const TokenFile opened = Open(dir, file.bytes, file.format);
    EXPECT_EQ(opened.size(), 700) << file.what;
    EXPECT_EQ(TokenAt(opened, 0), 5) << file.what;
    EXPECT_EQ(TokenAt(opened, 699), 704) << file.what;
  }
}

struct BadFile {
  std::string bytes;
  TokenFormat format;
  const char* message;
};

TEST(TokenFile, RefusesWhatIsNotInTheFormat) {
  const std::string shorts = TokenBytes<std::uint16_t>(Counting(10));
  const std::string words = TokenBytes<std::uint32_t>(Counting(10));
  const std::string many = TokenBytes<std::uint16_t>(Counting(700));
  const auto kAuto = TokenFormat::kAuto;
  const std::vector<BadFile> bad = {
      {"abc", kAuto, "3 bytes are too few for the llm.c header of 1024"},
      {many.substr(0, 1023), kAuto, "set data.format to uint16 or uint32"},
      {many, kAuto, "magic number 65536 is neither 20240520 (uint16) nor"},
      {Header(20240522, 1, 10) + shorts, kAuto, "magic number 20240522"},
      {Header(20240521, 1, 10) + shorts, kAuto, "magic number 20240521"},
      {Header(0, 0, 0), kAuto, "magic number 0 is neither"},
      {Header(20240520, 2, 10) + shorts, kAuto,
       "version 2 of the format 20240520 is not known, only 1"},
      {Header(20240520, 7, 10) + shorts, kAuto, "version 7"},
      {Header(20240801, 1, 10) + words, kAuto,
       "version 1 of the format 20240801 is not known, only 7"},
      {Gpt2Header(0), kAuto, "says that it holds 0 tokens"},
      {Gpt2Header(-5) + shorts, kAuto, "says that it holds -5 tokens"},
      {Gpt2Header(11) + shorts, kAuto,
       "says 11 tokens, 22 bytes after the header, but 20 are there"},
      {Gpt2Header(9) + shorts, kAuto, "but 20 are there"},
      {Gpt2Header(10) + shorts + "x", kAuto, "but 21 are there"},
      {Gpt2Header(10) + words, kAuto, "but 40 are there"},
      {Llama3Header(10) + shorts, kAuto,
       "says 10 tokens, 40 bytes after the header, but 20 are there"},
      {Gpt2Header(10), kAuto, "but 0 are there"},
      {"abc", TokenFormat::kUint16,
       "3 bytes are no whole number of uint16 tokens"},
      {shorts + "xy", TokenFormat::kUint32,
       "22 bytes are no whole number of uint32 tokens"},
      {Gpt2Header(10) + shorts, TokenFormat::kUint16,
       "begins with the llm.c header 20240520, which would be read as tokens; "
       "set data.format to auto"},
      {Llama3Header(10) + words, TokenFormat::kUint32,
       "begins with the llm.c header 20240801"},
  };
  for (const BadFile& file : bad) {
    const TempDir dir;
    EXPECT_ERROR(Open(dir, file.bytes, file.format), file.message);
    EXPECT_ERROR(Open(dir, file.bytes, file.format), "shard.bin: ");
  }
}

TEST(TokenFile, FindsATokenOutsideTheVocabulary) {
  const TempDir dir;
  auto tokens = Counting(1000);
  const TokenFile file =
      Open(dir, TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint16);
  EXPECT_FALSE(FindOutside(file, 1000, Inspection::kWhole).has_value());
  const auto outside = FindOutside(file, 990, Inspection::kWhole);
  ASSERT_TRUE(outside.has_value());
  EXPECT_EQ(outside->index, 990);
  EXPECT_EQ(outside->token, 990U);
}

TEST(TokenFile, FindsTokensBeyondTheRangeOfSignedIntegers) {
  const TempDir dir;
  const TokenFile file =
      Open(dir, TokenBytes<std::uint32_t>({1, 2, 4294967295U}),
           TokenFormat::kUint32);
  const auto outside = FindOutside(file, INT32_MAX, Inspection::kWhole);
  ASSERT_TRUE(outside.has_value());
  EXPECT_EQ(outside->token, 4294967295U);
}

TEST(TokenFile, FindsTheLastTokenOfALargeFileInSamples) {
  const TempDir dir;
  auto tokens = std::vector<std::uint32_t>(100000, 7);
  tokens.back() = 60000;
  const TokenFile file =
      Open(dir, TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint16);
  const auto outside = FindOutside(file, 50257, Inspection::kSampled);
  ASSERT_TRUE(outside.has_value());
  EXPECT_EQ(outside->index, 99999);
}

}  // namespace
}  // namespace isoflop
