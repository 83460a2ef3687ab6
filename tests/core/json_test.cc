#include "lib/core/json.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

TEST(ParseJson, KeepsTheOrderOfKeys) {
  EXPECT_EQ(ParseJson(R"({"b": 1, "a": 2})", "x").dump(), R"({"b":1,"a":2})");
}

TEST(ParseJson, PassesOverComments) {
  EXPECT_EQ(ParseJson("// top\n{ /* in */ \"a\": 1 // end\n}", "x").dump(),
            R"({"a":1})");
}

TEST(ParseJson, TakesOneKeyInSeveralObjects) {
  EXPECT_NO_THROW(
      ParseJson(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]})", "x"));
}

TEST(ReadableText, IsWrittenForAFileNameThatIsNoUtf8) {
  EXPECT_EQ(ReadableText(Json("a\xff.txt")), "\"a\xEF\xBF\xBD.txt\"\n");
}

struct BadJson {
  std::string text;
  const char* message;
};

TEST(ParseJson, RefusesWhatIsNotExactlyWhatWasMeant) {
  const std::vector<BadJson> bad = {
      {"", "a.json: not valid JSON: parse error at line 1, column 1"},
      {"{", "not valid JSON: parse error at line 1, column 2"},
      {"{\n  \"a\": }", "parse error at line 2, column 8"},
      {R"({"a": 1,})", "parse error"},
      {R"([1 2])", "parse error"},
      {R"({"a": 1} x)", "parse error"},
      {R"({'a': 1})", "parse error"},
      {R"({a: 1})", "parse error"},
      {R"({"a": NaN})", "parse error"},
      {R"({"a": Infinity})", "parse error"},
      {R"({"a": 1e999})", "not valid JSON"},
      {R"({"a": 01})", "parse error"},
      {R"({"a": .5})", "parse error"},
      {"{\"a\": \"\xff\"}", "parse error"},
      {"{\"a\": \"tab\there\"}", "parse error"},
      {"// only a comment", "parse error"},
      {"/* open {}", "parse error"},
      {R"({"a": 1, "a": 2})", "a.json: a: key occurs twice"},
      {R"({"b": {"a": 1, "c": 2, "a": 1}})", "a.json: b.a: key occurs twice"},
      {R"([{"x": 1, "x": 1}])", "a.json: [0].x: key occurs twice"},
      {R"({"a": [1, [2], {}, {"b": [0, {"c": 1, "c": 1}]}]})",
       "a.json: a[3].b[1].c: key occurs twice"},
      {std::string(100000, '['), "nested more than 100 deep"},
      {std::string(101, '[') + std::string(101, ']'),
       "nested more than 100 deep"},
  };
  for (const BadJson& json : bad) {
    EXPECT_ERROR(ParseJson(json.text, "a.json"), json.message);
  }
}

TEST(ParseJson, TakesAHundredLevels) {
  EXPECT_NO_THROW(
      ParseJson(std::string(100, '[') + std::string(100, ']'), "x"));
}

TEST(ReadJsonFile, NamesTheFileInItsMessages) {
  const TempDir dir;
  EXPECT_ERROR(ReadJsonFile(dir / "missing.json"),
               (dir / "missing.json").string() + ": cannot read");
  EXPECT_ERROR(ReadJsonFile(dir.Write("bad.json", "{")),
               (dir / "bad.json").string() + ": not valid JSON");
}

TEST(ReadJsonUpTo, ReadsNothingBehindTheMembersAskedFor) {
  const TempDir dir;
  WriteFileAtomically(dir.path() / "a.json",
                      R"({"schema": "s", "sweep": {"a": [1]}, "runs": [torn)");
  const std::array<std::string_view, 2> wanted{"sweep", "schema"};
  EXPECT_EQ(ReadJsonUpTo(dir.path() / "a.json", wanted),
            ParseJson(R"({"schema": "s", "sweep": {"a": [1]}})", ""));
}

TEST(ReadJsonUpTo, ReadsToTheEndWhereAMemberIsMissing) {
  const TempDir dir;
  WriteFileAtomically(dir.path() / "a.json", R"({"schema": "s", "runs": []})");
  WriteFileAtomically(dir.path() / "torn.json", R"({"schema": "s", "runs": [)");
  const std::array<std::string_view, 2> wanted{"schema", "sweep"};
  EXPECT_EQ(ReadJsonUpTo(dir.path() / "a.json", wanted),
            ParseJson(R"({"schema": "s", "runs": []})", ""));
  EXPECT_THROW(ReadJsonUpTo(dir.path() / "torn.json", wanted), Error);
  EXPECT_THROW(ReadJsonUpTo(dir.path() / "none.json", wanted), Error);
}

TEST(WriteJsonFile, WritesWhatIsReadBack) {
  const TempDir dir;
  const Json json = {{"a", {1, 2.5, "x"}}, {"b", {{"c", false}}}};
  WriteJsonFile(dir / "a.json", json);
  EXPECT_EQ(ReadJsonFile(dir / "a.json"), json);
}

TEST(ReadableText, KeepsPlainArraysOnOneLine) {
  const Json json = {{"a", {1, 2}}, {"b", {{"c", Json::array()}}}};
  EXPECT_EQ(ReadableText(json),
            "{\n"
            "  \"a\": [1, 2],\n"
            "  \"b\": {\n"
            "    \"c\": []\n"
            "  }\n"
            "}\n");
}

TEST(ReadableText, GivesStructuresALineEach) {
  const Json json = Json::array({{{"a", 1}}, {1, 2}});
  EXPECT_EQ(ReadableText(json),
            "[\n"
            "  {\n"
            "    \"a\": 1\n"
            "  },\n"
            "  [1, 2]\n"
            "]\n");
}

TEST(ReadableText, IsReadBackAsWhatItWas) {
  const Json json = ParseJson(
      R"({"a": {}, "b": [], "c": [[], {}], "d": "q\"\n", "e\"": [1e300, -0.1],
          "f": [{"g": [[1], [2, null, true]]}]})",
      "x");
  EXPECT_EQ(ParseJson(ReadableText(json), "x"), json);
}

TEST(CanonicalText, DoesNotDependOnTheOrderOfKeysOrWhiteSpace) {
  EXPECT_EQ(CanonicalText(ParseJson(R"({"b": {"d": 1, "c": 2}, "a": 3})", "x")),
            CanonicalText(ParseJson(R"({"a":3,"b":{"c":2,"d":1}})", "x")));
}

TEST(CanonicalText, DependsOnTheOrderOfElementsAndOnTypes) {
  EXPECT_NE(CanonicalText(Json({1, 2})), CanonicalText(Json({2, 1})));
  EXPECT_NE(CanonicalText(Json("1")), CanonicalText(Json(1)));
}

TEST(WordOf, IsAStringWithoutItsQuotes) {
  EXPECT_EQ(WordOf(Json("rotary")), "rotary");
  EXPECT_EQ(WordOf(Json(1.5)), "1.5");
  EXPECT_EQ(WordOf(Json(nullptr)), "null");
  EXPECT_EQ(WordOf(ParseJson(R"({"b": 1, "a": [2]})", "x")),
            R"({"a":[2],"b":1})");
}

TEST(ParseJson, RepeatsLittleOfALongMistake) {
  try {
    ParseJson("\"" + std::string(1'000'000, 'x'), "a.json");
    ADD_FAILURE() << "no Error";
  } catch (const Error& error) {
    EXPECT_LT(std::string(error.what()).size(), 400U);
  }
}

TEST(ReadableText, ReplacesWhatIsNoUtf8) {
  const Json json{{"a\xFF", {"b\xC3", 1}}, {"c", "\x80"}};
  EXPECT_EQ(ParseJson(ReadableText(json), "written"),
            ParseJson("{\"a\\ufffd\": [\"b\\ufffd\", 1], \"c\": \"\\ufffd\"}",
                      "expected"));
}

}  // namespace
}  // namespace isoflop
