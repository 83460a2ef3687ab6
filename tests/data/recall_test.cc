#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<Task> OpenRecall(const Json& keys, std::int64_t context) {
  return OpenKind("recall", keys, context);
}

struct RecallExample {
  std::vector<std::int32_t> tokens, targets;
  std::vector<std::uint8_t> counts;

  bool operator==(const RecallExample&) const = default;
};

RecallExample CopyOf(const ExampleSpans& example) {
  return {{example.tokens.begin(), example.tokens.end()},
          {example.target_tokens.begin(), example.target_tokens.end()},
          {example.counts.begin(), example.counts.end()}};
}

RecallExample ReadRecall(const Task& task, std::int64_t index,
                         std::int64_t seed = 0) {
  ExampleBuffer buffer(task.shape());
  // What was there before must not show through.
  std::ranges::fill(buffer[0].counts, std::uint8_t{7});
  std::ranges::fill(buffer[0].target_tokens, -1);
  task.ReadTrain(seed, index, buffer[0]);
  return CopyOf(buffer[0]);
}

RecallExample ReadRecallEval(const Task& task, std::int64_t index) {
  ExampleBuffer buffer(task.shape());
  task.ReadEval(index, buffer[0]);
  return CopyOf(buffer[0]);
}

/// Checks one example of 4 pairs, 16 keys and 8 values.
void ExpectRightAnswers(const RecallExample& example) {
  std::map<std::int32_t, std::int32_t> value_of;
  for (std::size_t i = 0; i < 8; i += 2) {
    EXPECT_LT(example.tokens[i], 16);
    value_of[example.tokens[i]] = example.tokens[i + 1];
  }
  EXPECT_EQ(value_of.size(), 4U);
  std::set<std::int32_t> asked;
  for (std::size_t t = 0; t < example.tokens.size(); ++t) {
    const bool query = t >= 8 && example.tokens[t] < 16;
    EXPECT_EQ(example.counts[t], query ? 1 : 0);
    EXPECT_LT(example.tokens[t], 24);
    EXPECT_GE(example.targets[t], 0);
    EXPECT_LT(example.targets[t], 24);
    if (!query) continue;
    asked.insert(example.tokens[t]);
    EXPECT_EQ(example.targets[t], value_of.at(example.tokens[t]));
    EXPECT_GE(example.targets[t], 16);
  }
  EXPECT_EQ(asked.size(), 4U);
}

TEST(Recall, AsksOnceForEveryKeyThatItHasShown) {
  const auto task = OpenRecall({{"keys", 16}, {"values", 8}}, 20);
  for (int i = 0; i < 500; ++i) {
    ExpectRightAnswers(ReadRecall(*task, i));
    ExpectRightAnswers(ReadRecallEval(*task, i));
  }
}

TEST(Recall, FillsAContextThatHoldsNoMore) {
  const auto task = OpenRecall({{"pairs", 3}, {"keys", 3}, {"values", 2}}, 9);
  for (int i = 0; i < 20; ++i) {
    const RecallExample example = ReadRecall(*task, i);
    EXPECT_THAT(example.counts, ElementsAre(0, 0, 0, 0, 0, 0, 1, 1, 1));
  }
}

TEST(Recall, DrawsKeysValuesAndPlacesEvenly) {
  const auto task = OpenRecall({{"pairs", 2}, {"keys", 4}, {"values", 3}}, 10);
  constexpr int kExamples = 12000;
  std::map<std::pair<std::int32_t, std::int32_t>, int> keys;
  std::map<std::int32_t, int> values;
  std::map<std::pair<std::int64_t, std::int64_t>, int> places;
  for (int i = 0; i < kExamples; ++i) {
    const RecallExample example = ReadRecall(*task, i);
    const std::vector<std::int32_t>& tokens = example.tokens;
    ++keys[{tokens[0], tokens[2]}];
    ++values[tokens[1]];
    const auto place = [&tokens](std::int32_t key) {
      return std::find(tokens.begin() + 4, tokens.end(), key) - tokens.begin();
    };
    ++places[{place(tokens[0]), place(tokens[2])}];
  }
  const auto expect_even = [](const auto& counts, std::size_t size) {
    ASSERT_EQ(counts.size(), size);
    const double mean = kExamples / static_cast<double>(size);
    double squares = 0.0;
    for (const auto& [what, count] : counts) {
      squares += std::pow(count - mean, 2.0) / mean;
    }
    // Chi-squared has the mean f and the variance 2 f.
    const auto f = static_cast<double>(size - 1);
    EXPECT_NEAR(squares, f, 3.0 * std::sqrt(2.0 * f));
  };
  expect_even(keys, 4 * 3);
  expect_even(values, 3);
  expect_even(places, 6 * 5);
}

TEST(Recall, SaysWhatIsReachedWithoutIt) {
  // With two values, 3 others of 4 pairs: ln 4/m, m - 1 binomial.
  const auto task = OpenRecall({{"keys", 8}, {"values", 2}}, 12);
  constexpr int kExamples = 20000;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < kExamples; ++i) {
    const RecallExample example = ReadRecall(*task, i);
    const auto same = (example.tokens[1] == example.tokens[3]) +
                      (example.tokens[1] == example.tokens[5]) +
                      (example.tokens[1] == example.tokens[7]);
    const double loss = std::log(4.0 / (1.0 + same));
    sum += loss;
    squares += loss * loss;
  }
  const double mean = sum / kExamples;
  const double expected =
      (std::log(4.0) + 3.0 * std::log(2.0) + 3.0 * std::log(4.0 / 3.0)) / 8.0;
  EXPECT_NEAR(mean, expected,
              3.0 * std::sqrt((squares / kExamples - mean * mean) / kExamples));
  EXPECT_THAT(task->info().notes,
              ElementsAre(HasSubstr("0.6931 of a uniform guess among all "
                                    "values, 0.5411 of one among")));
}

TEST(Recall, CanBeSolved) {
  const auto task = OpenRecall({}, 64);
  EXPECT_EQ(task->info().optimum.expected, 0.0);
  EXPECT_EQ(task->info().vocab_size, 128);
  EXPECT_EQ(task->info().loss_unit, LossUnit::kNats);
  EXPECT_EQ(task->shape().counted, 4);
}

TEST(Recall, GivesTheSameExampleWhateverWasReadBefore) {
  const auto task = OpenRecall({}, 64);
  const RecallExample later = ReadRecall(*task, 1000, 3);
  EXPECT_NE(ReadRecall(*task, 1001, 3), later);
  EXPECT_NE(ReadRecall(*task, 1000, 4), later);
  EXPECT_EQ(ReadRecall(*task, 1000, 3), later);
  EXPECT_NE(ReadRecall(*task, 0, 0), ReadRecallEval(*task, 0));
}

TEST(Recall, SameSettingsGiveTheSameExamplesInEveryBuild) {
  // A change of these changes the data of every recorded run; the number in the
  // fingerprint has to change with them.
  const auto task = OpenRecall({{"pairs", 2}}, 8);
  EXPECT_THAT(ReadRecall(*task, 0).tokens,
              ElementsAre(35, 111, 59, 97, 35, 75, 73, 59));
  EXPECT_EQ(task->info().fingerprint,
            "a0f6c68e8f182eb61f14f7e3607d178fc11805e55788377f88a9882d439a14a3");
}

TEST(Recall, RefusesWhatDoesNotFit) {
  EXPECT_ERROR(OpenRecall({{"pairs", 5}}, 14),
               "a.json: data.pairs: 5 pairs and as many queries need a "
               "model.context of at least 15, got 14");
  EXPECT_ERROR(OpenRecall({{"pairs", 5}, {"keys", 4}}, 15),
               "a.json: data.keys: must be at least the 5 pairs, whose keys "
               "all differ, got 4");
  EXPECT_ERROR(OpenRecall({{"pairs", 0}}, 15), "pairs: must be");
  EXPECT_ERROR(OpenRecall({{"values", 1}}, 15), "values: must be from 2");
  EXPECT_ERROR(OpenRecall({{"keys", 40000}}, 15), "keys: must be from 1");
}

}  // namespace
}  // namespace isoflop
