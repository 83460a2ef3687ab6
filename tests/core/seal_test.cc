#include "lib/core/seal.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/core/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

Json Sample() {
  return {{"name", "a"}, {"numbers", {1, 2.5}}, {"inner", {{"checksum", "x"}}}};
}

TEST(Seal, ComesOffWhole) {
  EXPECT_EQ(ParseSealed(SealedText(Sample()), "a.json"), Sample());
  EXPECT_EQ(ParseSealed(SealedLine(Sample()), "a.jsonl:1"), Sample());
}

TEST(Seal, IsTheLastKey) {
  const Json sealed = ParseJson(SealedText(Sample()), "a.json");
  EXPECT_EQ(std::prev(sealed.end()).key(), kSealKey);
  EXPECT_EQ(sealed.at("checksum").get<std::string>().size(), 16U);
}

TEST(Seal, IsMissingInFilesOfOlderVersions) {
  const std::string text = ReadableText({{"name", "a"}});
  EXPECT_EQ(SealOf(text), Seal::kNone);
  EXPECT_EQ(ParseSealed(text, "a.json"), Json({{"name", "a"}}));
}

/// A value, or the complaint.
std::string Read(const std::string& text) {
  try {
    return ParseSealed(text, "a.json").dump();
  } catch (const Error& error) {
    return error.what();
  }
}

// What is left is a damaged key: then all that counts is as it was, under one
// more name, which strict readers refuse.
void ExpectEveryFlipNoticed(const std::string& text) {
  const std::string whole = Read(text);
  const std::size_t key = text.rfind("\"checksum\"");
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const bool in_key = i > key && i <= key + kSealKey.size();
      const std::string read = Read(flipped);
      EXPECT_TRUE(in_key ? read != whole : read.starts_with("a.json: "))
          << flipped;
    }
  }
}

TEST(Seal, BreaksByEveryFlippedBit) {
  ExpectEveryFlipNoticed(SealedText(Sample()));
  ExpectEveryFlipNoticed(SealedLine(Sample()));
}

TEST(Seal, BreaksWhenItIsCutShortOrOfAnotherKind) {
  const std::string text = SealedText(Sample());
  const std::size_t digits = text.rfind("\"checksum\": \"") + 13;
  for (const std::string seal : {"\"\"", "\"12\"", "7", "null", "[]"}) {
    std::string other = text;
    other.replace(digits - 1, 18, seal);
    EXPECT_ERROR(ParseSealed(other, "a.json"),
                 "a.json: is damaged: its checksum is wrong");
  }
}

TEST(Seal, IsNamedWithItsFile) {
  const TempDir temp;
  std::string text = SealedText(Sample());
  text[text.find("2.5")] = '3';
  const auto file = temp.Write("a.json", text);
  EXPECT_ERROR(ReadSealedFile(file), file.string() + ": is damaged");
}

TEST(Seal, OfWhatIsNoObjectIsNone) {
  EXPECT_EQ(ParseSealed("[1, 2]", "a.json"), Json({1, 2}));
}

}  // namespace
}  // namespace isoflop
