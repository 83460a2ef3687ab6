#include "lib/core/object_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

enum class Norm { kLayer, kRms };

constexpr std::array<NamedValue<Norm>, 2> EnumNames(Norm) {
  return {{{Norm::kLayer, "layer"}, {Norm::kRms, "rms"}}};
}

/// One variable of every type that can be read, each with a default.
struct Everything {
  bool flag = true;
  std::string word = "default";
  double number = 0.5;
  std::int64_t count = 3;
  std::vector<double> numbers = {1.0};
  std::vector<std::int64_t> counts = {1};
  std::vector<std::string> words = {"one"};
  Norm norm = Norm::kLayer;
};

struct Result {
  Everything values;
  std::vector<std::string> messages;
};

Result Read(const std::string& text, const std::string& path = "a.json: x") {
  Problems problems;
  Result result;
  Everything& values = result.values;
  const Json json = ParseJson(text, "a.json");
  ObjectReader reader(json, path, &problems);
  reader.Read("flag", &values.flag);
  reader.Read("word", &values.word);
  reader.Read("number", &values.number, {kPositive, 10.0});
  reader.Read("count", &values.count, {1, 100});
  reader.Read("numbers", &values.numbers, {0.0, 1.0});
  reader.Read("counts", &values.counts, {0, 9});
  reader.Read("words", &values.words);
  reader.ReadEnum("norm", &values.norm);
  reader.Ignore("ignored");
  reader.Finish();
  result.messages = problems.messages();
  return result;
}

TEST(ObjectReader, RefusesTextWithANul) {
  const auto result =
      Read(R"({"word": "a\u0000b", "words": ["c", "d\u0000"]})");
  EXPECT_THAT(result.messages,
              ElementsAre("a.json: x.word: must have no NUL character",
                          "a.json: x.words[1]: must have no NUL character"));
  EXPECT_EQ(result.values.word, "default");
}

TEST(ObjectReader, LeavesAloneWhatIsAbsent) {
  const auto [values, messages] = Read("{}");
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(values.word, "default");
  EXPECT_EQ(values.count, 3);
  EXPECT_THAT(values.numbers, ElementsAre(1.0));
}

TEST(ObjectReader, ReadsEveryType) {
  const auto [values, messages] = Read(
      R"({"flag": false, "word": "w", "number": 2.5, "count": 7,
          "numbers": [0, 0.5], "counts": [1, 2], "words": ["a", "b"],
          "norm": "rms", "ignored": {}})");
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_FALSE(values.flag);
  EXPECT_EQ(values.word, "w");
  EXPECT_EQ(values.number, 2.5);
  EXPECT_EQ(values.count, 7);
  EXPECT_THAT(values.numbers, ElementsAre(0.0, 0.5));
  EXPECT_THAT(values.counts, ElementsAre(1, 2));
  EXPECT_THAT(values.words, ElementsAre("a", "b"));
  EXPECT_EQ(values.norm, Norm::kRms);
}

TEST(ObjectReader, TakesBothEndsOfARange) {
  EXPECT_THAT(Read(R"({"count": 1})").messages, IsEmpty());
  EXPECT_THAT(Read(R"({"count": 100})").messages, IsEmpty());
  EXPECT_THAT(Read(R"({"number": 10})").messages, IsEmpty());
  EXPECT_THAT(Read(R"({"number": 1e-300})").messages, IsEmpty());
}

TEST(ObjectReader, ReadsWholeNumbersHoweverTheyAreWritten) {
  EXPECT_EQ(Read(R"({"count": 1e1})").values.count, 10);
  EXPECT_EQ(Read(R"({"count": 10.0})").values.count, 10);
}

struct BadValue {
  const char* text;
  const char* where;
  const char* what;
};

constexpr BadValue kBad[] = {
    {R"([1])", "a.json: x: ", "must be an object, got [1]"},
    {R"(null)", "a.json: x: ", "must be an object, got null"},
    {R"({"flag": 1})", "x.flag: ", "must be true or false, got 1"},
    {R"({"flag": "true"})", "x.flag: ", "must be true or false, got \"true\""},
    {R"({"word": ""})", "x.word: ", "must be a non-empty string, got \"\""},
    {R"({"word": 5})", "x.word: ", "must be a non-empty string, got 5"},
    {R"({"number": 0})", "x.number: ", "must be above 0 and at most 10, got 0"},
    {R"({"number": -1})", "x.number: ", "must be above 0 and at most 10"},
    {R"({"number": 10.1})", "x.number: ", "got 10.1"},
    {R"({"number": "1"})", "x.number: ", "must be a number, got \"1\""},
    {R"({"number": true})", "x.number: ", "must be a number, got true"},
    {R"({"number": null})", "x.number: ", "must be a number, got null"},
    {R"({"number": [1]})", "x.number: ", "must be a number, got [1]"},
    {R"({"count": 0})", "x.count: ", "must be from 1 to 100, got 0"},
    {R"({"count": 101})", "x.count: ", "must be from 1 to 100, got 101"},
    {R"({"count": 1.5})", "x.count: ", "must be a whole number, got 1.5"},
    {R"({"count": 1e30})", "x.count: ", "must be a whole number, got 1e+30"},
    {R"({"count": 18446744073709551615})",
     "x.count: ", "must be a whole number"},
    {R"({"count": {}})", "x.count: ", "must be a whole number, got {}"},
    {R"({"numbers": []})", "x.numbers: ", "must be a non-empty array, got []"},
    {R"({"numbers": 1})", "x.numbers: ", "must be a non-empty array, got 1"},
    {R"({"numbers": [0, 2]})", "x.numbers[1]: ", "must be from 0 to 1, got 2"},
    {R"({"numbers": [0, "a"]})", "x.numbers[1]: ", "must be a number"},
    {R"({"counts": [1, 1.5]})", "x.counts[1]: ", "must be a whole number"},
    {R"({"counts": [10]})", "x.counts[0]: ", "must be from 0 to 9, got 10"},
    {R"({"words": ["a", 1]})", "x.words[1]: ", "must be a non-empty string"},
    {R"({"words": "a"})", "x.words: ", "must be a non-empty array, got \"a\""},
    {R"({"norm": "rsm"})", "x.norm: ",
     "must be one of layer, rms, got \"rsm\" (did you mean 'rms'?)"},
    {R"({"norm": 1})", "x.norm: ", "must be a non-empty string"},
    {R"({"nubmer": 1})", "x.nubmer: ", "unknown key (did you mean 'number'?)"},
    {R"({"zzzzzzzz": 1})", "x.zzzzzzzz: ", "unknown key"},
};

TEST(ObjectReader, RefusesWhatIsWrongAndSaysWhere) {
  for (const BadValue& bad : kBad) {
    EXPECT_THAT(Read(bad.text).messages,
                ElementsAre(AllOf(HasSubstr(bad.where), HasSubstr(bad.what))))
        << bad.text;
  }
}

TEST(ObjectReader, LeavesVariablesAloneThatItRefuses) {
  const Everything values =
      Read(R"({"count": 0, "numbers": [0.5, 2], "norm": "x", "flag": 3})")
          .values;
  EXPECT_EQ(values.count, 3);
  EXPECT_THAT(values.numbers, ElementsAre(1.0));
  EXPECT_EQ(values.norm, Norm::kLayer);
  EXPECT_TRUE(values.flag);
}

TEST(ObjectReader, CollectsEverythingThatIsWrong) {
  EXPECT_EQ(Read(R"({"count": 0, "numbers": [2, 3], "unknown_key": 1})")
                .messages.size(),
            4U);
}

TEST(ObjectReader, CutsLongValuesInMessages) {
  const std::string text = R"({"flag": ")" + std::string(1000, 'y') + "\"}";
  EXPECT_THAT(Read(text).messages, ElementsAre(HasSubstr("yyy...")));
  EXPECT_LT(Read(text).messages[0].size(), 400U);
}

TEST(ObjectReader, WritesPathsFromTheFileDown) {
  EXPECT_THAT(Read(R"({"count": 0})", "a.json").messages,
              ElementsAre(HasSubstr("a.json: count: ")));
  EXPECT_THAT(Read(R"({"count": 0})", "a.json: grid").messages,
              ElementsAre(HasSubstr("a.json: grid.count: ")));
}

TEST(ObjectReader, SaysWhatIsNeededAndMissing) {
  Problems problems;
  const Json json = ParseJson(R"({"here": 1})", "a.json");
  ObjectReader reader(json, "a.json", &problems);
  EXPECT_TRUE(reader.Need("here"));
  EXPECT_FALSE(reader.Need("there"));
  EXPECT_THAT(problems.messages(), ElementsAre("a.json: there: is missing"));
}

TEST(ObjectReader, HandsOutChildrenToBeReadByOtherMeans) {
  Problems problems;
  const Json json = ParseJson(R"({"child": {"a": 1}})", "a.json");
  ObjectReader reader(json, "a.json", &problems);
  ASSERT_NE(reader.Child("child"), nullptr);
  EXPECT_EQ(reader.Child("child")->at("a"), 1);
  EXPECT_EQ(reader.Child("other"), nullptr);
  reader.Finish();
  EXPECT_TRUE(problems.empty());
}

}  // namespace
}  // namespace isoflop
