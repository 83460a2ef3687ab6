#include "lib/core/record_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/error.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

constexpr const char* kCsv =
    "config,N,D,L\n"
    "base,1e6,1e8,3.5\n"
    "\"wide\nquoted\",2e6,1e8,3.4\n"
    "base,2e6,2e8,3.3\n";

TEST(RecordTable, KeepsTheRowsOfAValue) {
  RecordTable table = ParseRecords(kCsv, "runs.csv", false);
  KeepRows({{"config", "base"}}, &table);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[1].line, 5);
  KeepRows({{"N", "2000000"}}, &table);  // as a number
  EXPECT_EQ(table.rows.size(), 1U);
}

TEST(RecordTable, ReadsJsonLinesOfDifferentKeys) {
  const RecordTable table = ParseRecords(
      "{\"a\": \"x\", \"b\": 1.5}\n\n{\"c\": true, \"a\": \"y\"}\n", "f", true);
  EXPECT_THAT(table.columns, ElementsAre("a", "b", "c"));
  EXPECT_THAT(table.rows[0].cells, ElementsAre("x", "1.5", ""));
  EXPECT_THAT(table.rows[1].cells, ElementsAre("y", "", "true"));
  EXPECT_EQ(table.rows[1].line, 3);
}

TEST(RowCondition, HasANameAndAValue) {
  EXPECT_EQ(ParseRowCondition("config=a=b").value, "a=b");
  EXPECT_EQ(ParseRowCondition("config=").value, "");
  EXPECT_THROW(ParseRowCondition("config"), Error);
  EXPECT_THROW(ParseRowCondition("=base"), Error);
}

TEST(RowProblems, AreTheFirstFewAndHowManyMore) {
  RowProblems problems("runs.csv");
  EXPECT_NO_THROW(problems.ThrowIfAny());
  problems.Add(0, "no rows");
  for (int line = 1; line <= 21; ++line) problems.Add(line, "no loss");
  EXPECT_ERROR(problems.ThrowIfAny(),
               "runs.csv:19: no loss\nruns.csv: and 2 more");
}

}  // namespace
}  // namespace isoflop
