#include "lib/core/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/random.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using Cells = std::vector<std::vector<std::string>>;
using ::testing::ElementsAre;

Cells Parse(std::string_view text) {
  Cells cells;
  for (const CsvRow& row : ParseCsv(text, "a.csv")) cells.push_back(row.cells);
  return cells;
}

struct GoodCsv {
  const char* text;
  Cells cells;
};

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
  const std::vector<GoodCsv> good = {
      {"", {}},
      {"a", {{"a"}}},
      {"a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
      {"a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
      {"a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
      {"a,b\r1,2\r", {{"a", "b"}, {"1", "2"}}},
      {"\xEF\xBB\xBF"
       "a,b\n",
       {{"a", "b"}}},
      {"a,,b\n,\n", {{"a", "", "b"}, {"", ""}}},
      {" a , b\t\n", {{"a", "b"}}},
      {"a b,c\n", {{"a b", "c"}}},
      {"\n\na\n\n\nb\n\n", {{"a"}, {"b"}}},
      {"\"a,b\",c\n", {{"a,b", "c"}}},
      {"\"a\nb\",c\n", {{"a\nb", "c"}}},
      {"\"a\r\nb\"\n", {{"a\r\nb"}}},
      {"\"say \"\"hi\"\"\"\n", {{"say \"hi\""}}},
      {"\"\",x\n", {{"", "x"}}},
      {"\"\"\"\"\n", {{"\""}}},
      {"  \" a \"  ,b\n", {{" a ", "b"}}},
      {"a\"b,c\n", {{"a\"b", "c"}}},
      {"caf\xc3\xa9,1\n", {{"caf\xc3\xa9", "1"}}},
  };
  for (const GoodCsv& csv : good) EXPECT_EQ(Parse(csv.text), csv.cells);
}

TEST(Csv, KnowsTheLineOnWhichEachRowBegins) {
  const auto rows = ParseCsv("a\n\n\"b\nb\"\nc\r\nd", "a.csv");
  std::vector<int> lines;
  for (const CsvRow& row : rows) lines.push_back(row.line);
  EXPECT_THAT(lines, ElementsAre(1, 3, 5, 6));
}

struct BadCsv {
  const char* text;
  const char* message;
};

TEST(Csv, RefusesQuotesThatAreNotInOrder) {
  for (const BadCsv& csv : {
           BadCsv{"\"a", "a.csv:1: quote is never closed"},
           BadCsv{"a\nb,\"c\nd\n", "a.csv:2: quote is never closed"},
           BadCsv{"\"", "a.csv:1: quote is never closed"},
           BadCsv{"\"a\"\"", "a.csv:1: quote is never closed"},
           BadCsv{"\"a\"b\n", "a.csv:1: text after a closing quote"},
           BadCsv{"x\n\"a\" \"b\"\n", "a.csv:2: text after a closing quote"},
       }) {
    EXPECT_ERROR(ParseCsv(csv.text, "a.csv"), csv.message);
  }
}

TEST(CsvCell, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(CsvCell("plain"), "plain");
  EXPECT_EQ(CsvCell(""), "");
  EXPECT_EQ(CsvCell("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvCell("a\nb"), "\"a\nb\"");
  EXPECT_EQ(CsvCell("say \"hi\""), "\"say \"\"hi\"\"\"");
}

TEST(CsvCell, ComesBackWhateverIsInIt) {
  RandomStream random(3);
  constexpr std::string_view kCharacters = "ab,\"\n\r";
  for (int i = 0; i < 2000; ++i) {
    std::string cell = "x";  // white space at the ends is not kept
    for (std::uint64_t n = random.Below(12); n > 0; --n) {
      cell += kCharacters[random.Below(kCharacters.size())];
    }
    const std::string row = CsvCell(cell) + "," + CsvCell(cell) + "\n";
    ASSERT_THAT(Parse(row), ElementsAre(ElementsAre(cell, cell))) << row;
  }
}

}  // namespace
}  // namespace isoflop
