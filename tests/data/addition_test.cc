#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/data/token_example.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

/// The number that these digits make, most significant first.
std::int64_t NumberOf(std::vector<std::int32_t> digits) {
  std::int64_t number = 0;
  for (const std::int32_t digit : digits) number = 10 * number + digit;
  return number;
}

struct Sum {
  std::int64_t a = 0, b = 0, c = 0;
};

/// Takes apart an example of 3 digits. The sum is what the targets say.
Sum SumOf(const TokenExample& example, bool reversed) {
  EXPECT_EQ(example.tokens[3], 10);
  EXPECT_EQ(example.tokens[7], 11);
  const auto part = [](const std::vector<std::int32_t>& tokens,
                       std::ptrdiff_t from, std::ptrdiff_t size) {
    return std::vector<std::int32_t>(tokens.begin() + from,
                                     tokens.begin() + from + size);
  };
  auto sum = part(example.targets, 7, 4);
  if (reversed) std::ranges::reverse(sum);
  return {NumberOf(part(example.tokens, 0, 3)),
          NumberOf(part(example.tokens, 4, 3)), NumberOf(sum)};
}

TEST(Addition, IsRightInBothOrders) {
  for (const bool reversed : {false, true}) {
    const auto task =
        OpenKind("addition", {{"order", reversed ? "reversed" : "plain"}}, 11);
    for (std::int64_t index = 0; index < 500; ++index) {
      const TokenExample example = ReadTokens(*task, index);
      const Sum sum = SumOf(example, reversed);
      EXPECT_EQ(sum.a + sum.b, sum.c);
      EXPECT_THAT(example.counts, ElementsAre(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1));
      // Every target is the next input.
      for (std::size_t t = 0; t + 1 < 11; ++t) {
        EXPECT_EQ(example.targets[t], example.tokens[t + 1]);
      }
    }
  }
}

TEST(Addition, KeepsPairsForTheEvaluationSet) {
  for (const std::int64_t digits : {1, 2}) {
    const auto task =
        OpenKind("addition", {{"digits", digits}}, 3 * digits + 2);
    std::set<std::vector<std::int32_t>> trained;
    std::set<std::vector<std::int32_t>> kept;
    const auto mirrored = [&](std::vector<std::int32_t> problem) {
      std::swap_ranges(problem.begin(), problem.begin() + digits,
                       problem.begin() + digits + 1);
      return problem;
    };
    for (std::int64_t index = 0; index < 4000; ++index) {
      const auto n = static_cast<std::ptrdiff_t>(2 * digits + 2);
      const auto problem = [&](const TokenExample& example) {
        return std::vector<std::int32_t>(example.tokens.begin(),
                                         example.tokens.begin() + n);
      };
      trained.insert(problem(ReadTokens(*task, index)));
      kept.insert(problem(ReadTokens(*task, index, true)));
    }
    ASSERT_FALSE(kept.empty());
    for (const auto& problem : kept) {
      EXPECT_FALSE(trained.contains(problem));
      EXPECT_FALSE(trained.contains(mirrored(problem)));
    }
    // One in sixteen of all pairs that there are.
    const double pairs = digits == 1 ? 1e2 : 1e4;
    EXPECT_NEAR(static_cast<double>(kept.size()) / pairs, 1.0 / 16.0,
                digits == 1 ? 0.06 : 0.02);
  }
}

TEST(Addition, HasEveryDigitAndCarry) {
  const auto task = OpenKind("addition", {{"digits", 3}}, 11);
  std::set<std::int64_t> thousands;
  std::set<std::int32_t> digits;
  for (std::int64_t index = 0; index < 200; ++index) {
    const TokenExample example = ReadTokens(*task, index);
    thousands.insert(SumOf(example, false).c / 1000);
    digits.insert(example.tokens.begin(), example.tokens.begin() + 3);
  }
  EXPECT_THAT(thousands, ElementsAre(0, 1));
  EXPECT_EQ(digits.size(), 10U);
}

TEST(Addition, IsLearnableToNothing) {
  const auto task = OpenKind("addition", {{"digits", 3}}, 11);
  EXPECT_EQ(task->info().optimum.expected, 0.0);
  EXPECT_EQ(task->info().vocab_size, 12);
  EXPECT_TRUE(task->shape().targets_follow);
}

}  // namespace
}  // namespace isoflop
