#include "lib/core/text_table.h"

#include <gtest/gtest.h>

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

TEST(TextTable, PutsNamesTooLongAboveTheirRows) {
  TextTable table({"run", "loss"});
  table.AddRow({"a", "1.24"});
  table.AddRow({"a-very-long-name-of-a-run", "1.25"});
  EXPECT_EQ(table.ToString(20),
            "run             loss\n"
            "a               1.24\n"
            "a-very-long-name-of-a-run\n"
            "                1.25\n");
}

TEST(TextTable, BreaksNamesBetweenWords) {
  TextTable table({"run", "loss"});
  table.AddRow({"position none, rate 0.01", "1.25"});
  EXPECT_EQ(table.ToString(20),
            "run             loss\n"
            "position none, rate\n"
            "0.01\n"
            "                1.25\n");
}

TEST(TextTable, WritesOutWhatATerminalWouldObey) {
  TextTable table({"run\n", "loss"});
  table.AddRow({"a\x1b[31m", "\xE2\x80\xAE"});
  EXPECT_EQ(table.ToString(),
            "run\\n        loss\n"
            "a\\x1b[31m  \\u202e\n");
}

TEST(TextTable, PutsWordsOfTheHeaderBelowEachOtherBeforeItMovesNames) {
  TextTable table({"recipe", "decades beyond the data"});
  table.AddRow({"baseline_adam", "1.25"});
  EXPECT_EQ(table.ToString(38),
            "recipe         decades beyond the data\n"
            "baseline_adam                     1.25\n");
  EXPECT_EQ(table.ToString(30),
            "               decades beyond\n"
            "recipe               the data\n"
            "baseline_adam            1.25\n");
}

TEST(TextTable, CountsCharactersAndNotBytes) {
  TextTable table({"H\xc3\xa4gele", "x"});
  table.AddRow({"Hagele", "x"});
  EXPECT_EQ(table.ToString(),
            "H\xc3\xa4gele  x\n"
            "Hagele  x\n");
}

}  // namespace
}  // namespace isoflop
