#include "lib/core/json_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Diff(const char* before, const char* after) {
  return DiffJson(ParseJson(before, "before"), ParseJson(after, "after"));
}

TEST(DiffJson, FindsNothingBetweenEqualValues) {
  const char* const text = R"({"a": [1, {"b": null}], "c": "x"})";
  EXPECT_THAT(Diff(text, text), IsEmpty());
}

TEST(DiffJson, IgnoresTheOrderOfKeysAndHowNumbersAreWritten) {
  EXPECT_THAT(Diff(R"({"a": {"x": 1, "y": 1000}, "b": 2})",
                   R"({"b": 2.0, "a": {"y": 1e3, "x": 1}})"),
              IsEmpty());
}

TEST(DiffJson, NamesThePathOfAChangedValue) {
  EXPECT_THAT(Diff(R"({"a": {"b": [1, 2]}})", R"({"a": {"b": [1, 3]}})"),
              ElementsAre("a.b[1]: 2 -> 3"));
}

TEST(DiffJson, ShowsWhatCameAndWhatWent) {
  EXPECT_THAT(Diff(R"({"a": 1, "s": [0]})", R"({"b": "x", "s": [0, 1]})"),
              ElementsAre("a: 1 -> (absent)", "s[1]: (absent) -> 1",
                          "b: (absent) -> \"x\""));
}

TEST(DiffJson, ShowsAChangeOfType) {
  EXPECT_THAT(Diff(R"({"a": {"b": 1}})", R"({"a": [1]})"),
              ElementsAre(R"(a: {"b":1} -> [1])"));
  EXPECT_THAT(Diff(R"({"a": null})", R"({"a": false})"),
              ElementsAre("a: null -> false"));
}

TEST(DiffJson, NeedsNoPathAtTheTop) {
  EXPECT_THAT(Diff("1", "2"), ElementsAre("1 -> 2"));
}

TEST(DiffJson, CutsLongValues) {
  const std::string text(100, 'x');
  EXPECT_THAT(DiffJson(Json(text), Json(1)),
              ElementsAre("\"" + std::string(56, 'x') + "... -> 1"));
}

}  // namespace
}  // namespace isoflop
