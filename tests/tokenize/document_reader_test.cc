#include "lib/tokenize/document_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/tokenize/compressed.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

std::vector<std::string> Documents(
    const std::vector<std::filesystem::path>& files,
    const std::string& field = "text", std::int64_t* empty = nullptr) {
  DocumentReader reader(files, field);
  std::vector<std::string> documents = {""};
  TextPiece piece;
  while (reader.Next(&piece)) {
    if (empty != nullptr) *empty += piece.empty_documents;
    for (const TextUnit& unit : piece.units) {
      documents.back() += piece.TextOf(unit);
      if (unit.ends_document) documents.emplace_back();
    }
  }
  EXPECT_EQ(documents.back(), "");  // nothing behind the last end
  documents.pop_back();
  return documents;
}

std::vector<std::string> NamesOf(const std::vector<std::string>& inputs) {
  Problems problems;
  std::vector<std::string> names;
  for (const auto& file : FindTextFiles(inputs, &problems)) {
    names.push_back(file.filename().string());
  }
  problems.ThrowIfAny();
  return names;
}

TEST(UnitLength, IsALineWithItsEnd) {
  EXPECT_EQ(UnitLength("ab\ncd\n"), 3U);
  EXPECT_EQ(UnitLength("\n"), 1U);
  EXPECT_EQ(UnitLength("ab"), 2U);
}

TEST(UnitLength, CutsALongLineBeforeARunOfSpaces) {
  std::string text(kLongestUnit + 10, 'x');
  text.replace(1000, 3, "   ");
  EXPECT_EQ(UnitLength(text), 1000U);
}

TEST(UnitLength, CutsNoCharacterInTwo) {
  for (std::size_t before = 0; before < 4; ++before) {
    std::string text(before, 'x');
    while (text.size() < kLongestUnit + 8) text += "\xf0\x9f\x98\x80";
    EXPECT_EQ((UnitLength(text) - before) % 4, 0U) << before;
    EXPECT_LE(UnitLength(text), kLongestUnit);
  }
}

TEST(UnitLength, GoesOnInBytesThatAreNoText) {
  EXPECT_GT(UnitLength(std::string(kLongestUnit + 8, '\x80')), 0U);
}

TEST(DocumentReader, TakesATextFileForOneDocument) {
  const TempDir dir;
  const std::string text = SampleText(300);
  EXPECT_THAT(Documents({dir.Write("a.txt", text),
                         dir.Write("b.txt.gz", Gzip("b\n\nb"))}),
              ElementsAre(text, "b\n\nb"));
}

TEST(DocumentReader, KeepsALongTextWholeInPieces) {
  const TempDir dir;
  const std::string text = SampleText(200000);
  ASSERT_GT(text.size(), std::size_t{5} << 20);
  EXPECT_THAT(Documents({dir.Write("a.txt", text)}), ElementsAre(text));
  EXPECT_THAT(Documents({dir.Write("a.txt.zst", Zstd(text))}),
              ElementsAre(text));
}

TEST(DocumentReader, TakesEachLineOfJsonForADocument) {
  const TempDir dir;
  const auto file =
      dir.Write("a.jsonl",
                "{\"id\": 1, \"body\": \"one\\ntwo\"}\r\n\n{\"body\": \"\"}\n"
                "{\"body\": \"\\u0000 \\ud83d\\ude00\"}");
  std::int64_t empty = 0;
  EXPECT_THAT(Documents({file}, "body", &empty),
              ElementsAre("one\ntwo", std::string("\0 \xf0\x9f\x98\x80", 6)));
  EXPECT_EQ(empty, 1);
}

TEST(DocumentReader, NamesTheLineThatIsNoRecord) {
  const TempDir dir;
  const auto documents = [&](const char* line) {
    return Documents(
        {dir.Write("a.jsonl", std::string("{\"text\": \"\"}\n") + line)});
  };
  EXPECT_ERROR(documents("{\"txt\": \"a\", \"n\": 3}"),
               "a.jsonl:2: has no field \"text\"; fields with text are: "
               "\"txt\"");
  EXPECT_ERROR(documents("{\"n\": 3}"), "are: none");
  EXPECT_ERROR(documents("{\"text\": null}"), "must be text, got null");
  EXPECT_ERROR(documents("[\"text\"]"), "must be a JSON object");
  EXPECT_ERROR(documents("{\"text\": \"a"), "a.jsonl:2");
  EXPECT_ERROR(documents("{\"text\": \"\\ud800\"}"), "a.jsonl:2");
  EXPECT_ERROR(documents("{\"text\": \"\xff\"}"), "a.jsonl:2");
}

TEST(FindTextFiles, TakesTextOfADirectoryInOrder) {
  const TempDir dir;
  for (const char* name : {"c.txt", "a.jsonl.gz", "b.txt.zst", "d.csv", "e.gz",
                           "f.tar.gz", ".hidden.txt"}) {
    dir.Write(name, "x");
  }
  EXPECT_THAT(NamesOf({dir.path().string()}),
              ElementsAre("a.jsonl.gz", "b.txt.zst", "c.txt"));
}

TEST(FindTextFiles, RefusesWhatIsNoText) {
  const TempDir dir;
  EXPECT_ERROR(NamesOf({dir.path().string()}), "holds no file");
  dir.Write("a.csv", "x");
  dir.Write("b.gz", "x");
  EXPECT_ERROR(NamesOf({(dir / "a.csv").string()}), "must end in .txt");
  EXPECT_ERROR(NamesOf({dir.path().string()}), "ends in .txt or .jsonl");
  EXPECT_ERROR(NamesOf({(dir / "none.txt").string()}), "no such file");
  EXPECT_ERROR(NamesOf({dir.Write("empty.txt", "").string()}), "is empty");
}

}  // namespace
}  // namespace isoflop
