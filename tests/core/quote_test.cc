#include "lib/core/quote.h"

#include <gtest/gtest.h>

#include <string>

namespace isoflop {
namespace {

TEST(Quoted, IsCutBetweenCharacters) {
  EXPECT_EQ(Quoted(Json("short")), "\"short\"");
  std::string text;
  for (int i = 0; i < 200; ++i) text += "\xC3\xA9";  // e with an accent
  const std::string quoted = Quoted(Json(text));
  EXPECT_LE(quoted.size(), 300U);
  EXPECT_TRUE(quoted.ends_with("..."));
  EXPECT_TRUE(IsUtf8(quoted));
}

TEST(Quoted, LeavesNamesWhole) {
  const std::string name(255, 'n');  // the longest of a file
  EXPECT_EQ(Quoted(Json(name)), "\"" + name + "\"");
  EXPECT_EQ(Quoted(Json::array({name, name})).size(), 60U);
}

TEST(IsUtf8, TellsBytesFromText) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("caf\xC3\xA9"));
  EXPECT_FALSE(IsUtf8("caf\xE9"));
  EXPECT_FALSE(IsUtf8("\xC3"));
}

TEST(InFile, NamesTheFileInEveryLine) {
  EXPECT_EQ(InFile("a.json", "one"), "a.json: one");
  EXPECT_EQ(InFile("a.json", "one\ntwo"), "a.json: one\na.json: two");
}

}  // namespace
}  // namespace isoflop
