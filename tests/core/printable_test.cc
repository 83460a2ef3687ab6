#include "lib/core/printable.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/core/json.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

using namespace std::string_literals;

TEST(Printable, LeavesTextAsItIs) {
  for (const char* text :
       {"", "plain", "two\nlines\tand a tab", "caf\xC3\xA9", "\xE4\xB8\xAD",
        "\xF0\x9F\x98\x80", "\xD7\x90", "zero\xE2\x80\x8Bwidth"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, WritesOutEveryControlCharacterOfAscii) {
  for (int c = 0; c < 0x20; ++c) {
    if (c == '\n' || c == '\t') continue;
    const std::string text = "a" + std::string(1, static_cast<char>(c)) + "b";
    char expected[8];
    std::snprintf(expected, sizeof expected, "a\\x%02xb", c);
    EXPECT_EQ(Printable(text), expected);
  }
  EXPECT_EQ(Printable("\x7F"), "\\x7f");
  EXPECT_EQ(Printable("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(Printable("cut\0here"s), "cut\\x00here");
}

TEST(Printable, WritesOutEveryControlCharacterAboveAscii) {
  for (int c = 0x80; c < 0xA0; ++c) {
    const std::string text = "\xC2"s + static_cast<char>(c);
    char expected[8];
    std::snprintf(expected, sizeof expected, "\\u%04x", c);
    EXPECT_EQ(Printable(text), expected);
  }
  EXPECT_EQ(Printable("\xC2\xA0"), "\xC2\xA0");  // a space
}

TEST(Printable, WritesOutWhatTurnsTheOrderRound) {
  EXPECT_EQ(Printable("\xE2\x80\xAE"), "\\u202e");
  EXPECT_EQ(Printable("\xE2\x80\xAA"), "\\u202a");
  EXPECT_EQ(Printable("\xE2\x81\xA6\xE2\x81\xA9"), "\\u2066\\u2069");
  EXPECT_EQ(Printable("\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C"),
            "\\u200e\\u200f\\u061c");
  EXPECT_EQ(Printable("\xE2\x80\xA8\xE2\x80\xA9"), "\\u2028\\u2029");
}

TEST(Printable, WritesOutBytesThatAreNoText) {
  EXPECT_EQ(Printable("a\xFF"), "a\\xff");
  EXPECT_EQ(Printable("\x9B"
                      "31m"),
            "\\x9b31m");  // C1 as a lone byte
  EXPECT_EQ(Printable("\xE2\x80"), "\\xe2\\x80");
  EXPECT_EQ(Printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(Printable("\xC0\x9B"), "\\xc0\\x9b");
}

TEST(Printable, IsItselfPrintable) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  const std::string once = Printable(bytes + bytes);
  EXPECT_EQ(Printable(once), once);
  EXPECT_EQ(ValidUtf8Prefix(once), once);
}

TEST(PrintableLine, IsOneLine) {
  EXPECT_EQ(PrintableLine("a\nb\tc\rd"), "a\\nb\\tc\\x0dd");
}

TEST(PrintableJson, IsTheSameJson) {
  const Json json{{"a\x7F",
                   "\xC2\x9B"
                   "31m\xE2\x80\xAE"},
                  {"b", "\x1b\n\t\0 caf\xC3\xA9"s}};
  const std::string text = PrintableJson(json.dump());
  EXPECT_EQ(Printable(text), text);
  EXPECT_NE(text.find("\\u202e"), std::string::npos) << text;
  EXPECT_NE(text.find("caf\xC3\xA9"), std::string::npos) << text;
  EXPECT_EQ(ParseJson(text, "x"), json);
}

TEST(ReadableText, HasNothingThatATerminalObeys) {
  const Json json{{"a\xC2\x9B", {"\x7F", "\xE2\x81\xA6"}}};
  const std::string text = ReadableText(json);
  EXPECT_EQ(Printable(text), text);
  EXPECT_EQ(ParseJson(text, "x"), json);
}

}  // namespace
}  // namespace isoflop
