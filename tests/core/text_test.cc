#include "lib/core/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace isoflop {
namespace {

TEST(FormatCount, HasThreeDigitsAndAUnit) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(7), "7");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1.00k");
  EXPECT_EQ(FormatCount(4224), "4.22k");
  EXPECT_EQ(FormatCount(26624), "26.6k");
  EXPECT_EQ(FormatCount(227328), "227k");
  EXPECT_EQ(FormatCount(1.31e12), "1.31T");
  EXPECT_EQ(FormatCount(-4224), "-4.22k");
}

TEST(FormatCount, DoesNotRoundIntoAFourthDigit) {
  EXPECT_EQ(FormatCount(999.7), "1.00k");
  EXPECT_EQ(FormatCount(9996), "10.0k");
  EXPECT_EQ(FormatCount(99960), "100k");
  EXPECT_EQ(FormatCount(999960), "1.00M");
}

TEST(FormatCount, BeyondTheUnitsIsScientific) {
  EXPECT_EQ(FormatCount(1e15), "1.00e+15");
  EXPECT_EQ(FormatCount(5.76e23), "5.76e+23");
}

TEST(FormatCount, SaysWhatIsNoNumber) {
  EXPECT_EQ(FormatCount(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(FormatCount(std::nan("")), "nan");
}

TEST(FormatDuration, HasTheTwoUnitsThatMatter) {
  EXPECT_EQ(FormatDuration(0), "0 s");
  EXPECT_EQ(FormatDuration(8.4), "8 s");
  EXPECT_EQ(FormatDuration(59.7), "1 min 00 s");
  EXPECT_EQ(FormatDuration(245), "4 min 05 s");
  EXPECT_EQ(FormatDuration(3 * 3600 + 12 * 60), "3 h 12 min");
  EXPECT_EQ(FormatDuration(52 * 3600), "2 d 04 h");
}

TEST(FormatBytes, HasBinaryUnits) {
  EXPECT_EQ(FormatBytes(512), "512 B");
  EXPECT_EQ(FormatBytes(1536), "1.5 KiB");
  EXPECT_EQ(FormatBytes(12 << 20), "12.0 MiB");
  EXPECT_EQ(FormatBytes(3.2 * (1 << 30)), "3.2 GiB");
  EXPECT_EQ(FormatBytes(std::ldexp(5.0, 50)), "5120.0 TiB");
}

const std::vector<std::string_view> kWords = {"lexicon", "text", "tokens"};

TEST(NearestWord, IsTheOneThatWasMeant) {
  EXPECT_EQ(NearestWord("lexicn", kWords), "lexicon");
  EXPECT_EQ(NearestWord("Text", kWords), "text");
  EXPECT_EQ(NearestWord("token", kWords), "tokens");
  EXPECT_EQ(NearestWord("tokesn", kWords), "tokens");
}

TEST(NearestWord, IsNoneWhenNothingIsNear) {
  EXPECT_EQ(NearestWord("wikipedia", kWords), std::nullopt);
  EXPECT_EQ(NearestWord("xy", kWords), std::nullopt);
  EXPECT_EQ(NearestWord("text", {}), std::nullopt);
}

TEST(Suggestion, IsAQuestionOrNothing) {
  EXPECT_EQ(Suggestion("lexicn", kWords), " (did you mean 'lexicon'?)");
  EXPECT_EQ(Suggestion("wikipedia", kWords), "");
}

TEST(ParseNumber, TakesTheWholeTextAndAPlusSign) {
  EXPECT_EQ(ParseNumber<double>("1e6"), 1e6);
  EXPECT_EQ(ParseNumber<double>("+1.5"), 1.5);
  EXPECT_EQ(ParseNumber<double>("-2"), -2.0);
  EXPECT_EQ(ParseNumber<std::int64_t>("+7"), 7);
  for (const char* text : {"", "+", "++1", "1x", " 1", "1,000", "one"}) {
    EXPECT_FALSE(ParseNumber<double>(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseNumber<std::int64_t>("1.5").has_value());
}

TEST(Shortened, CutsNoCharacterInTwo) {
  EXPECT_EQ(Shortened("four", 4), "four");
  EXPECT_EQ(Shortened("fives", 4), "five...");
  EXPECT_EQ(Shortened("caf\xC3\xA9s", 4), "caf...");
}

TEST(ShortList, SaysHowManyMoreThereAre) {
  const std::vector<std::string> words = {"a", "b", "c"};
  EXPECT_EQ(ShortList({}), "");
  EXPECT_EQ(ShortList(words), "a, b, c");
  EXPECT_EQ(ShortList(words, 1), "a and 2 more");
}

TEST(NonBlankLines, AreNumberedAsInTheText) {
  const auto lines = NonBlankLines("a\n \t\r\n\n b\r\nc");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].number, 1);
  EXPECT_EQ(lines[1].number, 4);
  EXPECT_EQ(lines[1].text, " b\r");
  EXPECT_EQ(lines[2].text, "c");
  EXPECT_TRUE(NonBlankLines("\n\n").empty());
}

TEST(WrapText, BreaksAtSpaces) {
  EXPECT_EQ(WrapText("- ", "one two three four", 11),
            "- one two\n  three\n  four\n");
}

TEST(WrapText, FillsALineToItsWidthAndNoFurther) {
  EXPECT_EQ(WrapText("", "aaa bbb ccc", 7), "aaa bbb\nccc\n");
  EXPECT_EQ(WrapText("", "aaa bbb ccc", 6), "aaa\nbbb\nccc\n");
}

TEST(WrapText, LeavesAWordThatIsTooLongWhole) {
  EXPECT_EQ(WrapText("- ", "a incomprehensibilities b", 8),
            "- a\n  incomprehensibilities\n  b\n");
}

TEST(WrapText, CountsCharactersAndNotBytes) {
  EXPECT_EQ(
      WrapText("", "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc", 7),
      "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc\n");
}

TEST(WrapText, OfNothingIsThePrefix) {
  EXPECT_EQ(WrapText("note:", "", 20), "note:\n");
}

}  // namespace
}  // namespace isoflop
