#include "lib/data/token_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lib/core/random.h"
#include "tests/data/token_bytes.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;

TokenFile OpenShard(const TempDir& dir, const std::string& bytes,
                    TokenFormat format) {
  return {"shard.bin", MappedFile(dir.Write("shard.bin", bytes)), format};
}

std::vector<std::uint32_t> DrawBelow(std::size_t count,
                                     std::uint64_t vocab_size) {
  RandomStream random(5);
  std::vector<std::uint32_t> tokens(count);
  for (std::uint32_t& token : tokens) {
    token = static_cast<std::uint32_t>(random.Below(vocab_size));
  }
  return tokens;
}

std::string BigEndian(const std::vector<std::uint32_t>& tokens,
                      std::size_t width) {
  std::string bytes;
  for (const std::uint32_t token : tokens) {
    for (std::size_t i = width; i-- > 0;) {
      bytes += static_cast<char>(token >> 8 * i);
    }
  }
  return bytes;
}

std::string Misread(const std::string& bytes, TokenFormat format) {
  const TempDir dir;
  return MisreadTokens(OpenShard(dir, bytes, format), Inspection::kWhole);
}

TEST(TokenChecks, FindsATokenOutsideTheVocabulary) {
  const TempDir dir;
  auto tokens = Counting(1000);
  const TokenFile file =
      OpenShard(dir, TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint16);
  EXPECT_FALSE(FindOutside(file, 1000, Inspection::kWhole).has_value());
  const auto outside = FindOutside(file, 990, Inspection::kWhole);
  ASSERT_TRUE(outside.has_value());
  EXPECT_EQ(outside->index, 990);
  EXPECT_EQ(outside->token, 990U);
}

TEST(TokenChecks, FindsTokensBeyondTheRangeOfSignedIntegers) {
  const TempDir dir;
  const TokenFile file =
      OpenShard(dir, TokenBytes<std::uint32_t>({1, 2, 4294967295U}),
                TokenFormat::kUint32);
  const auto outside = FindOutside(file, INT32_MAX, Inspection::kWhole);
  ASSERT_TRUE(outside.has_value());
  EXPECT_EQ(outside->token, 4294967295U);
}

TEST(TokenChecks, FindsTheLastTokenOfALargeFileInSamples) {
  const TempDir dir;
  auto tokens = std::vector<std::uint32_t>(100000, 7);
  tokens.back() = 60000;
  const TokenFile file =
      OpenShard(dir, TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint16);
  const auto outside = FindOutside(file, 50257, Inspection::kSampled);
  ASSERT_TRUE(outside.has_value());
  EXPECT_EQ(outside->index, 99999);
}

TEST(MisreadTokens, SeesWiderIdsByTheirHighHalves) {
  const auto kUint16 = TokenFormat::kUint16;
  const auto tokens = DrawBelow(5000, 50257);
  EXPECT_THAT(Misread(TokenBytes<std::uint32_t>(tokens), kUint16),
              HasSubstr("every second token is 0: these are uint32 ids read as "
                        "narrower ones; set data.format to uint32"));
  EXPECT_THAT(Misread(TokenBytes<std::uint64_t>(tokens), kUint16),
              HasSubstr("three of every four tokens are 0: these are int64"));
  EXPECT_THAT(Misread(TokenBytes<std::uint64_t>(tokens), TokenFormat::kUint32),
              HasSubstr("every second token is 0: these are int64"));
  EXPECT_THAT(Misread(BigEndian(tokens, 4), kUint16),
              HasSubstr("big-endian uint32"));
}

TEST(MisreadTokens, SeesTheHighHalvesOfALargeVocabulary) {
  EXPECT_THAT(Misread(TokenBytes<std::uint32_t>(DrawBelow(5000, 128256)),
                      TokenFormat::kUint16),
              HasSubstr("every second token is next to 0"));
}

TEST(MisreadTokens, SeesAFileThatWasNeverFilled) {
  EXPECT_THAT(Misread(std::string(4096, '\0'), TokenFormat::kUint16),
              HasSubstr("made and never filled"));
}

TEST(MisreadTokens, LeavesIdsAloneThatAreWhatTheySeem) {
  for (const std::uint64_t vocab_size : {2, 16, 256, 4096, 50257, 65536}) {
    const auto tokens = DrawBelow(5000, vocab_size);
    EXPECT_EQ(Misread(TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint16),
              "");
    EXPECT_EQ(Misread(TokenBytes<std::uint32_t>(tokens), TokenFormat::kUint32),
              "");
  }
  auto constant = std::vector<std::uint32_t>(1000, 7);
  EXPECT_EQ(Misread(TokenBytes<std::uint16_t>(constant), TokenFormat::kUint16),
            "");
}

TEST(OtherReading, IsAsWhatAllTokensAreInTheVocabulary) {
  const TempDir dir;
  const auto tokens = DrawBelow(1000, 50257);
  const auto reading = [&](const std::string& bytes, TokenFormat format) {
    return OtherReading(OpenShard(dir, bytes, format), 50257,
                        Inspection::kWhole);
  };
  EXPECT_EQ(reading(TokenBytes<std::uint16_t>(tokens), TokenFormat::kUint32),
            "uint16");
  EXPECT_EQ(reading(BigEndian(tokens, 2), TokenFormat::kUint16),
            "big-endian uint16");
  EXPECT_EQ(reading(BigEndian(tokens, 4), TokenFormat::kUint32),
            "big-endian uint32");
  EXPECT_EQ(reading(TokenBytes<std::uint16_t>(DrawBelow(1000, 60000)),
                    TokenFormat::kUint16),
            "");
}

}  // namespace
}  // namespace isoflop
