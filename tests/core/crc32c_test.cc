#include "lib/core/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace isoflop {
namespace {

/// Long division of the bits, in the order in which they are sent: no table,
/// and nothing of the code that is tested.
std::uint32_t BitByBit(std::string_view bytes) {
  std::uint64_t rest = 0;
  const std::string padded = std::string(bytes) + std::string(4, '\0');
  for (std::size_t bit = 0; bit < 8 * padded.size(); ++bit) {
    const auto byte = static_cast<unsigned char>(padded[bit / 8]);
    const bool inverted = bit < 32;
    const std::uint64_t next =
        ((byte >> (bit % 8)) & 1U) ^ (inverted ? 1U : 0U);
    rest = (rest << 1U) | next;
    if ((rest >> 32U) != 0) rest ^= 0x11EDC6F41ULL;
  }
  std::uint32_t reflected = 0;
  for (unsigned bit = 0; bit < 32; ++bit) {
    reflected |= static_cast<std::uint32_t>((rest >> bit) & 1U) << (31U - bit);
  }
  return ~reflected;
}

std::string Rising() {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST(Crc32c, IsThatOfTheExamplesOfRfc3720) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62A8AB43U);
  const std::string rising = Rising();
  EXPECT_EQ(Crc32c(rising), 0x46DD794EU);
  EXPECT_EQ(Crc32c(std::string(rising.rbegin(), rising.rend())), 0x113FDB5CU);
}

TEST(Crc32c, IsThatOfTheUsualCheckAndOfNothing) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(Crc32c(""), 0U);
}

TEST(Crc32c, IsTheRemainderOfALongDivision) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(Crc32c(bytes), BitByBit(bytes)) << i;
    bytes.push_back(static_cast<char>(7 * i * i + 3));
  }
}

TEST(Crc32c, ChangesWithEveryBit) {
  const std::string bytes = Rising();
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(Crc32c(flipped), Crc32c(bytes)) << bit;
  }
}

}  // namespace
}  // namespace isoflop
