#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/data/token_example.h"

namespace isoflop {
namespace {

using String = std::vector<std::int32_t>;

TEST(Hierarchy, WritesEverySymbolAsItsOwnStrings) {
  const Json keys = {
      {"levels", 1}, {"branching", 3}, {"symbols", 4}, {"rules", 5}};
  const auto task = OpenKind("hierarchy", keys, 3);
  std::map<std::int32_t, std::set<String>> strings;
  std::set<String> all;
  for (std::int64_t index = 0; index < 3000; ++index) {
    const TokenExample example = ReadTokens(*task, index);
    EXPECT_THAT(example.counts, testing::ElementsAre(0, 0, 1));
    strings[example.targets.back()].insert(example.tokens);
    all.insert(example.tokens);
  }
  ASSERT_EQ(strings.size(), 4U);
  for (const auto& [symbol, of_symbol] : strings) {
    EXPECT_EQ(of_symbol.size(), 5U);
  }
  EXPECT_EQ(all.size(), 20U);  // none belongs to two symbols
}

/// Which symbol each string of a level stands for, of the same rules.
std::map<String, std::int32_t> Grammar(Json keys) {
  keys["levels"] = 1;
  const auto task = OpenKind("hierarchy", keys, 2);
  std::map<String, std::int32_t> symbol_of;
  for (std::int64_t index = 0; index < 3000; ++index) {
    const TokenExample example = ReadTokens(*task, index);
    symbol_of[example.tokens] = example.targets.back();
  }
  return symbol_of;
}

TEST(Hierarchy, IsParsedByItsRules) {
  // The rules of the top level are the same whatever comes below.
  const Json keys = {{"levels", 2}, {"symbols", 5}, {"rules", 3}};
  const auto top = Grammar(keys);
  const auto task = OpenKind("hierarchy", keys, 4);
  const auto pair = [](const TokenExample& example, std::ptrdiff_t from) {
    return String(example.tokens.begin() + from,
                  example.tokens.begin() + from + 2);
  };
  std::map<std::pair<String, String>, std::int32_t> class_of;
  for (std::int64_t index = 0; index < 6000; ++index) {
    const TokenExample example = ReadTokens(*task, index);
    const auto [at, fresh] = class_of.insert(
        {{pair(example, 0), pair(example, 2)}, example.targets.back()});
    EXPECT_EQ(at->second, example.targets.back());  // no string of two classes
  }
  // 5 classes, 3 rules, and 3 strings for each of the two symbols.
  EXPECT_EQ(class_of.size(), 5U * 3U * 9U);
  EXPECT_EQ(top.size(), 15U);
}

TEST(Hierarchy, AsksForTheLastTokenOfTheSameStrings) {
  const Json keys = {{"levels", 2}, {"symbols", 5}, {"rules", 3}};
  Json last = keys;
  last["target"] = "last_token";
  const auto whole = OpenKind("hierarchy", keys, 4);
  const auto without_end = OpenKind("hierarchy", last, 3);
  for (std::int64_t index = 0; index < 100; ++index) {
    const TokenExample string = ReadTokens(*whole, index);
    const TokenExample example = ReadTokens(*without_end, index);
    EXPECT_EQ(example.targets.back(), string.tokens.back());
    EXPECT_TRUE(std::equal(example.tokens.begin(), example.tokens.end(),
                           string.tokens.begin()));
  }
  EXPECT_FALSE(without_end->info().optimum.expected);
}

TEST(Hierarchy, SaysHowManyExamplesTheTheoryAsksFor) {
  const auto task =
      OpenKind("hierarchy", {{"levels", 3}, {"symbols", 8}, {"rules", 4}}, 8);
  EXPECT_THAT(task->info().notes.back(), testing::HasSubstr("= 512"));
}

}  // namespace
}  // namespace isoflop
