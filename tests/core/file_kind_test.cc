#include "lib/core/file_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/core/json.h"
#include "lib/core/random.h"
#include "lib/core/utf8.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

std::string NameOf(const std::string& head) {
  const auto kind = NoPlainText(head);
  return kind ? InWords(*kind) : "";
}

/// The head of a zip archive whose first entry has this name.
std::string Zip(const std::string& entry) {
  return "PK\x03\x04"s + std::string(26, '\0') + entry;
}

TEST(FileKind, NamesWhatCompressesAndArchives) {
  EXPECT_EQ(NameOf("\x1f\x8b\x08\0\0\0"s),
            "is compressed with gzip: decompress it with gunzip first");
  EXPECT_THAT(NameOf("\x28\xb5\x2f\xfd\x04"s), HasSubstr("unzstd"));
  EXPECT_THAT(NameOf("\xfd"s + "7zXZ\0\0"s), HasSubstr("unxz"));
  EXPECT_THAT(NameOf("BZh91AY&SY\x01"s), HasSubstr("bunzip2"));
  EXPECT_THAT(NameOf("\x04\x22\x4d\x18@"s), HasSubstr("unlz4"));
  EXPECT_THAT(NameOf("7z\xbc\xaf\x27\x1c\0"s), HasSubstr("7z"));
  EXPECT_THAT(NameOf("Rar!\x1a\x07\x01"s), HasSubstr("unrar"));
  EXPECT_THAT(NameOf(std::string(257, 'a') + "ustar\0"s),
              HasSubstr("tar archive"));
  EXPECT_THAT(NameOf(Zip("notes.txt")), HasSubstr("a zip archive"));
}

TEST(FileKind, NamesTablesAndArrays) {
  EXPECT_THAT(NameOf(Zip("[Content_Types].xml")),
              HasSubstr("Excel or Office document: save it as CSV"));
  EXPECT_THAT(NameOf(Zip("xl/workbook.xml")), HasSubstr("Excel"));
  EXPECT_THAT(NameOf("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"s),
              HasSubstr("old Excel"));
  EXPECT_THAT(NameOf("PAR1\x15\x04"s), HasSubstr("Parquet"));
  EXPECT_THAT(NameOf("ARROW1\0\0\x10"s), HasSubstr("Arrow"));
  EXPECT_THAT(NameOf("SQLite format 3\0\x10"s), HasSubstr("SQLite"));
  EXPECT_THAT(NameOf("\x89HDF\r\n\x1a\n\0"s), HasSubstr("HDF5"));
  EXPECT_THAT(NameOf("\x93NUMPY\x01\0"s), HasSubstr("(.npy)"));
  EXPECT_THAT(NameOf(Zip("tokens.npy")), HasSubstr("(.npz)"));
  EXPECT_THAT(NameOf(Zip("archive/data.pkl")), HasSubstr("torch.save"));
  EXPECT_THAT(NameOf("\x40\0\0\0\0\0\0\0{\"__metadata__\""s),
              HasSubstr("safetensors"));
  EXPECT_THAT(NameOf("\x80\x04\x95\x10\0\0"s), HasSubstr("pickle"));
  EXPECT_THAT(NameOf("MMIDIDX\0\0\x01\0"s), HasSubstr("Megatron"));
  EXPECT_THAT(NameOf("GGUF\x03\0\0\0\x10"s), HasSubstr("GGUF model"));
  EXPECT_THAT(NameOf("%PDF-1.7\n"s), HasSubstr("PDF"));
  EXPECT_THAT(NameOf("version https://git-lfs.github.com/spec/v1\noid"s),
              HasSubstr("git lfs pull"));
}

TEST(FileKind, NamesWideText) {
  EXPECT_THAT(NameOf("\xff\xfeh\0i\0"s), HasSubstr("is UTF-16: save it"));
  EXPECT_THAT(NameOf("\xfe\xff\0h\0i"s), HasSubstr("UTF-16"));
  EXPECT_THAT(NameOf("\xff\xfe\0\0h\0\0\0"s), HasSubstr("UTF-32"));
  std::string without_mark;
  for (const char c : "a text without a mark"s) without_mark += {c, '\0'};
  EXPECT_THAT(NameOf(without_mark), HasSubstr("UTF-16"));
}

TEST(FileKind, LeavesTextAlone) {
  for (const std::string text :
       {"", "a", "params,tokens,loss\n1e6,1e8,3.5\n", "{\"a\": 1}", "PK",
        "BZh9 is how bzip2 begins", "PDF", "\xEF\xBB\xBFmarked", "caf\xC3\xA9",
        "GG", "ustar", "Rar!", "#!/bin/sh\n", "GGUF is a format",
        "PAR1 and others", "FEA1",
        "\x7f"
        "ELF"}) {
    EXPECT_EQ(NameOf(text), "") << text;
  }
}

TEST(FileKind, HasAlmostNoRandomBytes) {
  RandomStream random(3);
  int named = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string head;
    for (int k = 0; k < 4; ++k) {
      const std::uint64_t word = random.Below(std::uint64_t{1} << 62);
      head.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    named += KindOf(head) ? 1 : 0;
  }
  EXPECT_LE(named, 3);
}

TEST(FileKind, IsNamedWhereJsonOrTextIsExpected) {
  EXPECT_ERROR(ParseJson("\x1f\x8b\x08\0\0\0"s, "sweep.json"),
               "sweep.json: is compressed with gzip");
  EXPECT_ERROR(RequirePlainText("PAR1\x15\x04"s, "runs.parquet"),
               "runs.parquet: is a Parquet file: export it as CSV");
}

}  // namespace
}  // namespace isoflop
