#include "analysis/table/row_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/transformed.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RecordTable Table() {
  RowProblems problems("runs.csv");
  return ParseRecords(
      "config,N,L\nbase,1e6,3.5\nsmall,2e6,nan\nbase,2M,3.3\n\"a,b\",3M,3.1\n",
      "runs.csv", &problems);
}

/// The lines that are kept.
std::vector<int> Kept(const std::vector<std::string>& where,
                      const std::vector<std::string>& drop = {}) {
  RecordTable table = Table();
  KeepRows({.where = Transformed(where, ParseRowCondition),
            .drop = Transformed(drop, ParseLineRange)},
           &table);
  return Transformed(table.rows, &Record::line);
}

TEST(RowChoice, KeepsTheRowsThatMeetEveryCondition) {
  EXPECT_THAT(Kept({"config=base"}), ElementsAre(2, 4));
  EXPECT_THAT(Kept({"config=base", "N=2000000"}), ElementsAre(4));
  EXPECT_THAT(Kept({"config=small,base"}), ElementsAre(2, 3, 4));
  EXPECT_THAT(Kept({"config=a,b"}), ElementsAre(5)) << "one value with a comma";
  EXPECT_THAT(Kept({"config!=base"}), ElementsAre(3, 5));
  EXPECT_THAT(Kept({"config!=small,base"}), ElementsAre(5));
  EXPECT_THAT(Kept({"L!=nan"}), ElementsAre(2, 4, 5));
  EXPECT_THAT(Kept({"N<2M"}), ElementsAre(2));
  EXPECT_THAT(Kept({"N<=2M"}), ElementsAre(2, 3, 4));
  EXPECT_THAT(Kept({"N>2e6"}), ElementsAre(5));
  EXPECT_THAT(Kept({"L>=3.3"}), ElementsAre(2, 4)) << "nan is no number";
}

TEST(RowChoice, DropsTheRowsThatBeginOnTheseLines) {
  EXPECT_THAT(Kept({}, {"3", "5"}), ElementsAre(2, 4));
  EXPECT_THAT(Kept({"config=base"}, {"4-9"}), ElementsAre(2));
}

TEST(RowChoice, SaysWhatIsLeft) {
  RecordTable table = Table();
  EXPECT_THAT(KeepRows({.where = {ParseRowCondition("config=base")},
                        .drop = {ParseLineRange("2")}},
                       &table),
              ElementsAre("1 of 4 rows left out by --drop",
                          "rows with config=base only: 1 of 4"));
}

TEST(RowChoice, RefusesWhatLeavesNothing) {
  EXPECT_ERROR(Kept({"config=bass"}), "(did you mean 'base'?)");
  EXPECT_ERROR(Kept({"N>1B"}), "no row of runs.csv meets N>1B");
  EXPECT_ERROR(Kept({"konfig=base"}), "has no column 'konfig'");
  EXPECT_ERROR(Kept({}, {"17"}),
               "--drop: no row of runs.csv begins on line 17");
  EXPECT_ERROR(Kept({}, {"1-9"}), "--drop: no row of runs.csv is left");
}

TEST(RowChoice, RefusesTextThatIsNoConditionAndNoLine) {
  for (const char* text : {"config", "=base", "!=base", "", "<5"}) {
    EXPECT_ERROR(ParseRowCondition(text), "--where: must be column=value");
  }
  for (const char* text : {"N<x", "N>=", "N>1,2"}) {
    EXPECT_ERROR(ParseRowCondition(text), "--where: must have a number behind");
  }
  for (const char* text : {"", "x", "0", "-3", "5-4", "1-", "1.5"}) {
    EXPECT_ERROR(ParseLineRange(text), "--drop: must be lines of the file");
  }
  EXPECT_EQ(ParseRowCondition("config=a=b").values.front(), "a=b");
  EXPECT_EQ(ParseRowCondition("config=").values.front(), "");
}

}  // namespace
}  // namespace isoflop
