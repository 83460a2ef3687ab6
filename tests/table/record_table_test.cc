#include "analysis/table/record_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

RecordTable Parse(std::string_view text, const std::string& source) {
  RowProblems problems(source);
  RecordTable table = ParseRecords(text, source, &problems);
  problems.ThrowIfAny();
  return table;
}

TEST(RecordTable, ReadsCsvWithTheLinesOnWhichRowsBegin) {
  const RecordTable table =
      Parse("config,N\nbase,1\n\"wide\nquoted\",2\nbase,3\n", "runs.csv");
  EXPECT_THAT(table.columns, ElementsAre("config", "N"));
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_THAT(table.rows[1].cells, ElementsAre("wide\nquoted", "2"));
  EXPECT_EQ(table.rows[2].line, 5);
}

TEST(RecordTable, ReadsJsonLinesOfDifferentKeys) {
  const RecordTable table = Parse(
      "{\"a\": \"x\", \"b\": 1.5}\n\n{\"c\": true, \"a\": \"y\", \"b\": "
      "null}\n",
      "f.jsonl");
  EXPECT_THAT(table.columns, ElementsAre("a", "b", "c"));
  EXPECT_THAT(table.rows[0].cells, ElementsAre("x", "1.5", ""));
  EXPECT_THAT(table.rows[1].cells, ElementsAre("y", "", "true"));
  EXPECT_EQ(table.rows[1].line, 3);
}

TEST(RecordTable, ReadsOneJsonArray) {
  const RecordTable table =
      Parse("[{\"a\": 1}, {\"b\": -Infinity}]", "anything");
  EXPECT_THAT(table.rows[0].cells, ElementsAre("1", ""));
  EXPECT_THAT(table.rows[1].cells, ElementsAre("", "-Infinity"));
  EXPECT_EQ(table.rows[1].line, 2);
}

TEST(RecordTable, LeavesOutBadRowsAndNamesThemAll) {
  RowProblems problems("f.csv");
  const RecordTable table =
      ParseRecords("a,b\n1\n1,2\n1,2,3\n", "f.csv", &problems);
  EXPECT_EQ(table.rows.size(), 1U);
  EXPECT_ERROR(problems.ThrowIfAny(),
               "f.csv:2: 1 cells, but the header has 2 columns\nf.csv:4: 3");
}

TEST(RowProblems, AreOneOfEachKindAndHowManyMore) {
  RowProblems problems("runs.csv");
  EXPECT_NO_THROW(problems.ThrowIfAny());
  problems.Add(0, "no rows");
  for (int line = 1; line <= 21; ++line) problems.Add(line, "no loss");
  EXPECT_ERROR(problems.ThrowIfAny(),
               "runs.csv: no rows\nruns.csv:1: no loss\nand 20 more like it");
}

}  // namespace
}  // namespace isoflop
