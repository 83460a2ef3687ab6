#include "lib/data/token_sequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/token_bytes.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;

std::span<const std::byte> Bytes(const std::string& bytes) {
  return std::as_bytes(std::span(bytes));
}

std::vector<std::int32_t> Read(const TokenSequence& tokens, std::int64_t begin,
                               std::size_t count) {
  std::vector<std::int32_t> out(count);
  tokens.Read(begin, out);
  return out;
}

TEST(TokenSequence, ReadsEveryWidthWithoutSign) {
  const std::string bytes = TokenBytes<std::uint8_t>({7, 255});
  const std::string shorts = TokenBytes<std::uint16_t>({7, 65535});
  const std::string words = TokenBytes<std::uint32_t>({7, 1000000000});
  TokenSequence tokens;
  tokens.Append(Bytes(bytes), TokenWidth::kByte, "bytes");
  tokens.Append(Bytes(shorts), TokenWidth::kUint16, "shorts");
  tokens.Append(Bytes(words), TokenWidth::kUint32, "words");
  EXPECT_EQ(tokens.size(), 6);
  EXPECT_THAT(Read(tokens, 0, 6), ElementsAre(7, 255, 7, 65535, 7, 1000000000));
}

TEST(TokenSequence, ReadsAnywhereAcrossPieces) {
  TokenSequence tokens;
  std::vector<std::string> pieces;
  std::uint32_t next = 0;
  for (const std::size_t size : {3U, 1U, 0U, 5U, 1U, 1U, 4U}) {
    pieces.push_back(TokenBytes<std::uint16_t>(Counting(size, next)));
    next += static_cast<std::uint32_t>(size);
  }
  for (const std::string& piece : pieces) {
    tokens.Append(Bytes(piece), TokenWidth::kUint16, "piece");
  }
  ASSERT_EQ(tokens.size(), 15);
  for (std::int64_t begin = 0; begin < 15; ++begin) {
    for (std::int64_t end = begin + 1; end <= 15; ++end) {
      const auto read =
          Read(tokens, begin, static_cast<std::size_t>(end - begin));
      for (std::int64_t i = begin; i < end; ++i) {
        ASSERT_EQ(read[static_cast<std::size_t>(i - begin)], i);
      }
    }
  }
}

TEST(TokenSequence, ReadsNothingAtItsEnd) {
  TokenSequence tokens;
  tokens.Read(0, {});
  const std::string bytes = "abc";
  tokens.Append(Bytes(bytes), TokenWidth::kByte, "abc");
  tokens.Read(3, {});
  EXPECT_EQ(tokens.size(), 3);
}

TEST(TokenSequence, ReadsTokensThatAreNotAligned) {
  std::string bytes = "x";
  bytes += TokenBytes<std::uint32_t>({1, 2, 3});
  TokenSequence tokens;
  tokens.Append(Bytes(bytes).subspan(1), TokenWidth::kUint32, "odd");
  EXPECT_THAT(Read(tokens, 0, 3), ElementsAre(1, 2, 3));
}

TEST(TokenSequence, SaysWhereATokenComesFrom) {
  const std::string bytes = TokenBytes<std::uint16_t>(Counting(10));
  TokenSequence tokens;
  tokens.Append(Bytes(bytes), TokenWidth::kUint16, "a.bin");
  tokens.Append(Bytes(bytes), TokenWidth::kUint16, "b.bin", 500);
  EXPECT_EQ(tokens.Locate(9), "a.bin: token 9");
  EXPECT_EQ(tokens.Locate(10), "b.bin: token 500");
}

}  // namespace
}  // namespace isoflop
