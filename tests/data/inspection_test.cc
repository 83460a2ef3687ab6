#include "lib/data/inspection.h"

#include <gtest/gtest.h>

#include <string>

namespace isoflop {
namespace {

std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(Inspection, IsOfEverythingUpToOneGibibyte) {
  EXPECT_EQ(InspectionFor(1LL << 30), Inspection::kWhole);
  EXPECT_EQ(InspectionFor((1LL << 30) + 1), Inspection::kSampled);
}

TEST(Inspection, SamplesBeginAndEndWithTheFile) {
  const std::string file(1000001, 'x');
  const auto parts = InspectedParts(Bytes(file), Inspection::kSampled);
  ASSERT_EQ(parts.size(), 16U);
  EXPECT_EQ(parts.front().data(), Bytes(file).data());
  EXPECT_EQ(parts.back().data() + parts.back().size(),
            Bytes(file).data() + file.size());
}

TEST(Inspection, SamplesBeginAtWholeTokens) {
  for (const std::size_t size : {65540U, 100000U, 1000004U}) {
    const std::string file(size, 'x');
    for (const auto part : InspectedParts(Bytes(file), Inspection::kSampled)) {
      EXPECT_EQ((part.data() - Bytes(file).data()) % 4, 0) << size;
    }
  }
}

TEST(Inspection, SmallFilesAreInspectedWhole) {
  const std::string file(65536, 'x');
  const auto parts = InspectedParts(Bytes(file), Inspection::kSampled);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].size(), file.size());
}

TEST(ContentHash, ChangesWithAnyByteWhenWhole) {
  std::string file(200000, 'x');
  const std::string before = ContentHash(Bytes(file), Inspection::kWhole);
  file[123457] = 'y';
  EXPECT_NE(ContentHash(Bytes(file), Inspection::kWhole), before);
}

TEST(ContentHash, ChangesWithTheSizeWhenSampled) {
  const std::string file(200000, 'x');
  const std::string longer(200001, 'x');
  EXPECT_NE(ContentHash(Bytes(file), Inspection::kSampled),
            ContentHash(Bytes(longer), Inspection::kSampled));
}

TEST(ContentHash, DoesNotDependOnWhereTheBytesLie) {
  const std::string file(200000, 'x');
  const std::string moved = "y" + file;
  EXPECT_EQ(ContentHash(Bytes(file), Inspection::kSampled),
            ContentHash(Bytes(moved).subspan(1), Inspection::kSampled));
}

}  // namespace
}  // namespace isoflop
