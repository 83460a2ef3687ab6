#include <gtest/gtest.h>

#include "lib/core/text.h"

namespace isoflop {
namespace {

TEST(TextTable, AlignsTheFirstColumnLeftAndTheOthersRight) {
  TextTable table({"run", "loss", "N"});
  table.AddRow({"a", "1.25", "4.22k"});
  table.AddRow({"long name", "11.5", "1"});
  EXPECT_EQ(table.ToString(),
            "run        loss      N\n"
            "a          1.25  4.22k\n"
            "long name  11.5      1\n");
}

TEST(TextTable, LeavesNoSpaceAtTheEndsOfLines) {
  TextTable table({"run", "note"});
  table.AddRow({"a", ""});
  EXPECT_EQ(table.ToString(), "run  note\na\n");
}

TEST(TextTable, OfAHeaderAloneIsTheHeader) {
  EXPECT_EQ(TextTable({"run", "loss"}).ToString(), "run  loss\n");
}

TEST(TextTable, CutsTheFirstColumnToTheWidth) {
  TextTable table({"run", "loss"});
  table.AddRow({"a-very-long-name-of-a-run", "1.25"});
  EXPECT_EQ(table.ToString(20),
            "run             loss\n"
            "a-very-long-na  1.25\n");
}

TEST(TextTable, CountsCharactersAndNotBytes) {
  TextTable table({"H\xc3\xa4gele", "x"});
  table.AddRow({"Hagele", "x"});
  EXPECT_EQ(table.ToString(),
            "H\xc3\xa4gele  x\n"
            "Hagele  x\n");
}

TEST(TextTable, CutsBetweenCharacters) {
  TextTable table({"run", "loss"});
  table.AddRow(
      {"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
       "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
       "1.25"});
  EXPECT_EQ(table.ToString(15),
            "run        loss\n"
            "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
            "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4  1.25\n");
}

}  // namespace
}  // namespace isoflop
