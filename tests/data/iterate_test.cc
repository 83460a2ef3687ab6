#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/data/token_example.h"

namespace isoflop {
namespace {

/// Checks an example of 5 symbols; returns its target.
std::int32_t ExpectIterated(const TokenExample& example, int steps) {
  std::map<std::int32_t, std::int32_t> image;
  for (std::size_t i = 0; i < 10; i += 2) {
    image[example.tokens[i]] = example.tokens[i + 1];
  }
  EXPECT_EQ(image.size(), 5U);
  std::int32_t symbol = example.tokens.back();
  for (int step = 0; step < steps; ++step) symbol = image.at(symbol);
  EXPECT_EQ(example.targets.back(), symbol);
  EXPECT_EQ(example.counts.back(), 1);
  for (std::size_t t = 0; t < 10; ++t) EXPECT_EQ(example.counts[t], 0);
  return symbol;
}

TEST(Iterate, AppliesThePermutationThatItShows) {
  for (const int steps : {1, 2, 7}) {
    const auto task =
        OpenKind("iterate", {{"symbols", 5}, {"steps", steps}}, 11);
    for (std::int64_t index = 0; index < 200; ++index) {
      ExpectIterated(ReadTokens(*task, index), steps);
      ExpectIterated(ReadTokens(*task, index, true), steps);
    }
  }
}

TEST(Iterate, SaysWhatAGuessLoses) {
  // In two steps a symbol of five comes back with the cycles of one and two.
  const auto task = OpenKind("iterate", {{"symbols", 5}, {"steps", 2}}, 11);
  int back = 0;
  constexpr int kDraws = 5000;
  for (std::int64_t index = 0; index < kDraws; ++index) {
    const TokenExample example = ReadTokens(*task, index);
    back += example.targets.back() == example.tokens.back() ? 1 : 0;
  }
  EXPECT_NEAR(back / static_cast<double>(kDraws), 0.4, 0.02);
  const double loss = -0.4 * std::log(0.4) - 0.6 * std::log(0.6 / 4.0);
  EXPECT_THAT(task->info().notes.front(),
              testing::HasSubstr(fmt::format("{:.4f}", loss)));
}

TEST(Iterate, DrawsEveryExampleAnew) {
  const auto task = OpenKind("iterate", {{"symbols", 5}}, 11);
  EXPECT_NE(ReadTokens(*task, 0), ReadTokens(*task, 1));
  EXPECT_NE(ReadTokens(*task, 0), ReadTokens(*task, 0, true));
  EXPECT_EQ(ReadTokens(*task, 3), ReadTokens(*task, 3));
}

}  // namespace
}  // namespace isoflop
