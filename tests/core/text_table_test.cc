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

TEST(TextTable, CutsTheFirstColumnToTheWidth) {
  TextTable table({"run", "loss"});
  table.AddRow({"a-very-long-name-of-a-run", "1.25"});
  EXPECT_EQ(table.ToString(20),
            "run             loss\n"
            "a-very-long-..  1.25\n");
}

TEST(TextTable, PutsWordsOfTheHeaderBelowEachOtherBeforeItCutsNames) {
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

TEST(TextTable, KeepsNamesApartThatItHasToCut) {
  const auto names = [](const std::string& first, const std::string& second) {
    TextTable table({"run", "loss"});
    table.AddRow({first, "1.25"});
    table.AddRow({second, "1.26"});
    return table.ToString(16);
  };
  EXPECT_EQ(names("baseline_adam_w", "baseline_muon_w"),
            "run         loss\n"
            "base..am_w  1.25\n"
            "base..on_w  1.26\n");
  EXPECT_EQ(names("adam_with_warmup", "muon_with_warmup"),
            "run         loss\n"
            "adam_wit..  1.25\n"
            "muon_wit..  1.26\n");
}

TEST(TextTable, IsWiderThanItMayBeRatherThanShowTwoNamesAsOne) {
  TextTable table({"run", "loss"});
  table.AddRow({"the_same_start_a_the_same_end", "1.25"});
  table.AddRow({"the_same_start_b_the_same_end", "1.26"});
  const std::string text = table.ToString(20);
  EXPECT_NE(text.find("a_the_same_end"), std::string::npos) << text;
  EXPECT_NE(text.find("b_the_same_end"), std::string::npos) << text;
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
            "\xc3\xa4\xc3\xa4..  1.25\n");
}

}  // namespace
}  // namespace isoflop
