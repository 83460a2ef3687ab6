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

using Skills = std::vector<std::int32_t>;

Skills SkillsOf(const TokenExample& example) {
  return {example.tokens.begin() + 1, example.tokens.end()};
}

TEST(Skills, AreAppliedOneAfterAnother) {
  const Json single = {
      {"symbols", 5}, {"skills", 3}, {"length", 1}, {"held_out", 0}};
  const auto one = OpenKind("skills", single, 2);
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> makes;
  for (std::int64_t index = 0; index < 400; ++index) {
    const TokenExample example = ReadTokens(*one, index);
    const auto [at, fresh] = makes.insert(
        {{example.tokens[0], example.tokens[1]}, example.targets[1]});
    EXPECT_EQ(at->second, example.targets[1]);  // always the same
  }
  ASSERT_EQ(makes.size(), 15U);
  Json triple = single;
  triple["length"] = 3;
  const auto three = OpenKind("skills", triple, 4);
  for (std::int64_t index = 0; index < 400; ++index) {
    const TokenExample example = ReadTokens(*three, index);
    std::int32_t symbol = example.tokens[0];
    for (const std::int32_t skill : SkillsOf(example)) {
      symbol = makes.at({symbol, skill});
    }
    EXPECT_EQ(example.targets.back(), symbol);
    EXPECT_THAT(example.counts, testing::ElementsAre(0, 0, 0, 1));
  }
}

TEST(Skills, ArePermutations) {
  const auto task = OpenKind(
      "skills", {{"symbols", 6}, {"skills", 2}, {"length", 1}, {"held_out", 0}},
      2);
  std::map<std::int32_t, std::set<std::int32_t>> images;
  for (std::int64_t index = 0; index < 400; ++index) {
    const TokenExample example = ReadTokens(*task, index);
    EXPECT_GE(example.tokens[0], 2);
    images[example.tokens[1]].insert(example.targets[1]);
  }
  for (const auto& [skill, symbols] : images) EXPECT_EQ(symbols.size(), 6U);
}

TEST(Skills, HoldOutSequencesThatOnlyTheEvaluationSetHas) {
  const Json keys = {{"skills", 4}, {"length", 2}, {"held_out", 0.25}};
  const auto task = OpenKind("skills", keys, 3);
  std::set<Skills> trained;
  std::map<std::size_t, std::set<Skills>> evaluated;
  for (std::int64_t index = 0; index < 2000; ++index) {
    trained.insert(SkillsOf(ReadTokens(*task, index)));
    evaluated[task->PartOf(index)].insert(
        SkillsOf(ReadTokens(*task, index, true)));
  }
  EXPECT_EQ(trained.size(), 12U);
  EXPECT_EQ(evaluated[0], trained);
  EXPECT_EQ(evaluated[1].size(), 4U);
  for (const Skills& unseen : evaluated[1]) {
    EXPECT_FALSE(trained.contains(unseen));
  }
  EXPECT_NE(task->info().description.find("4 of 16 sequences held out"),
            std::string::npos);
}

TEST(Skills, AreAllSeenWhereNoneIsHeldOut) {
  const auto task = OpenKind("skills", {{"skills", 3}, {"held_out", 0}}, 3);
  std::set<Skills> trained;
  for (std::int64_t index = 0; index < 1000; ++index) {
    trained.insert(SkillsOf(ReadTokens(*task, index)));
  }
  EXPECT_EQ(trained.size(), 9U);
}

}  // namespace
}  // namespace isoflop
