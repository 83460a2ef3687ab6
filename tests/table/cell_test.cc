#include "analysis/table/cell.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

TEST(Cell, SaysNothingInManyWords) {
  for (const char* cell :
       {"", "NA", "N/A", "#N/A", "<NA>", "NaN", "nan", "null", "nil", "None"}) {
    EXPECT_TRUE(IsAbsent(cell)) << cell;
  }
  for (const char* cell : {"0", "-", "no", "nano", "inf", "none."}) {
    EXPECT_FALSE(IsAbsent(cell)) << cell;
  }
}

TEST(Cell, IsANumberWithAUnitOrWithout) {
  EXPECT_EQ(NumberOf("1.5e3"), 1500.0);
  EXPECT_EQ(NumberOf("+2"), 2.0);
  EXPECT_EQ(NumberOf("5k"), 5e3);
  EXPECT_EQ(NumberOf("125m"), 125e6);
  EXPECT_EQ(NumberOf("1.3B"), 1.3e9);
  EXPECT_EQ(NumberOf("2 G"), 2e9);
  EXPECT_EQ(NumberOf("-1T"), -1e12);
  for (const char* cell : {"", "M", "1,000", "1_0", "3MB", "1e5x", "k5", " "}) {
    EXPECT_FALSE(NumberOf(cell).has_value()) << cell;
  }
}

TEST(Cell, IsAWholeNumberWithOrWithoutAPoint) {
  EXPECT_EQ(WholeNumberOf("3"), 3);
  EXPECT_EQ(WholeNumberOf("-3.0"), -3);
  EXPECT_EQ(WholeNumberOf("1e3"), 1000);
  for (const char* cell : {"1.5", "x", "1e300", "inf", "nan", "3M"}) {
    EXPECT_FALSE(WholeNumberOf(cell).has_value()) << cell;
  }
}

TEST(Cell, HasAdviceWhereOnlyAPersonWouldReadANumber) {
  EXPECT_NE(NumberAdvice("1,000"), "");
  EXPECT_NE(NumberAdvice("1 000"), "");
  EXPECT_EQ(NumberAdvice("1000"), "");
  EXPECT_EQ(NumberAdvice("a thousand"), "");
}

TEST(Cell, HasTheSameValueAsTextAsNumberOrAsNothing) {
  EXPECT_TRUE(SameValue("adam", "adam"));
  EXPECT_TRUE(SameValue("1e6", "1000000"));
  EXPECT_TRUE(SameValue("1M", "1e6"));
  EXPECT_TRUE(SameValue("", "NaN"));
  EXPECT_FALSE(SameValue("Adam", "adam"));
  EXPECT_FALSE(SameValue("0", ""));
}

}  // namespace
}  // namespace isoflop
