#include "lib/data/finite_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/data/token_bytes.h"
#include "tests/data/windows.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

/// A source whose token at position i is i, in training and validation.
FiniteTask CountingSource(std::size_t train, std::size_t validation,
                          std::int64_t eval_tokens, std::int64_t context) {
  auto storage = std::make_shared<std::string>(
      TokenBytes<std::uint32_t>(Counting(std::max(train, validation))));
  const auto bytes = std::as_bytes(std::span(*storage));
  FiniteTokens tokens;
  tokens.info.vocab_size = 1 << 30;
  tokens.train.Append(bytes.first(4 * train), TokenWidth::kUint32, "train");
  tokens.validation.Append(bytes.first(4 * validation), TokenWidth::kUint32,
                           "validation");
  tokens.storage = std::move(storage);
  tokens.remedy = "do something";
  return {std::move(tokens), eval_tokens, context};
}

/// How often each window of the training tokens comes in windows
/// [begin, begin + count) of the order of `seed`.
std::vector<int> Visits(const FiniteTask& source, std::int64_t seed,
                        std::int64_t begin, std::int64_t count) {
  std::vector<int> visits(static_cast<std::size_t>(*source.train_examples()));
  for (std::int64_t i = begin; i < begin + count; ++i) {
    const std::int32_t first = TrainWindow(source, seed, i).front();
    EXPECT_EQ(first % source.context(), 0);
    ++visits[static_cast<std::size_t>(first / source.context())];
  }
  return visits;
}

void ExpectEpochsThatVisitEveryWindowOnce(std::int64_t windows,
                                          std::int64_t context) {
  const auto size = static_cast<std::size_t>(windows * context + 1);
  const FiniteTask source = CountingSource(size, 100, context, context);
  ASSERT_EQ(source.train_examples(), windows);
  for (const std::int64_t epoch : {0, 1, 7}) {
    EXPECT_THAT(Visits(source, 5, epoch * windows, windows), Each(1))
        << windows << " windows of " << context;
  }
}

TEST(FiniteTask, EpochsVisitEveryWindowOnceWhateverTheSize) {
  for (const std::int64_t context : {1, 3, 64}) {
    for (const std::int64_t windows : {1, 2, 3, 5, 16, 17, 255, 1000}) {
      ExpectEpochsThatVisitEveryWindowOnce(windows, context);
    }
  }
}

TEST(FiniteTask, WindowsAreConsecutiveTokens) {
  const FiniteTask source = CountingSource(1001, 101, 100, 10);
  for (std::int64_t i = 0; i < 100; ++i) {
    const Window window = TrainWindow(source, 0, i);
    for (std::size_t t = 1; t < window.size(); ++t) {
      EXPECT_EQ(window[t], window[t - 1] + 1);
    }
  }
}

TEST(FiniteTask, TokensThatDoNotFillAWindowAreLeftOver) {
  EXPECT_EQ(CountingSource(21, 11, 10, 10).train_examples(), 2);
  EXPECT_EQ(CountingSource(30, 11, 10, 10).train_examples(), 2);
  EXPECT_EQ(CountingSource(31, 11, 10, 10).train_examples(), 3);
}

std::vector<std::int32_t> Order(const FiniteTask& source, std::int64_t seed,
                                std::int64_t epoch) {
  std::vector<std::int32_t> order;
  const std::int64_t windows = *source.train_examples();
  for (std::int64_t i = 0; i < windows; ++i) {
    order.push_back(TrainWindow(source, seed, epoch * windows + i).front());
  }
  return order;
}

TEST(FiniteTask, EverySeedAndEveryEpochHasAnOrderOfItsOwn) {
  const FiniteTask source = CountingSource(10001, 101, 100, 100);
  std::set<std::vector<std::int32_t>> orders;
  for (std::int64_t seed = 0; seed < 10; ++seed) {
    for (std::int64_t epoch = 0; epoch < 10; ++epoch) {
      orders.insert(Order(source, seed, epoch));
    }
  }
  EXPECT_EQ(orders.size(), 100U);
}

TEST(FiniteTask, GivesTheSameWindowWhenItIsAskedAgain) {
  const FiniteTask source = CountingSource(10001, 101, 100, 100);
  const Window later = TrainWindow(source, 3, 1234567);
  const Window first = TrainWindow(source, 3, 0);
  EXPECT_EQ(TrainWindow(source, 3, 1234567), later);
  EXPECT_EQ(TrainWindow(CountingSource(10001, 101, 100, 100), 3, 0), first);
}

// A change of these numbers changes the data of every recorded run.
TEST(FiniteTask, HasTheOrderThatRecordedRunsUsed) {
  const FiniteTask source = CountingSource(10, 10, 1, 1);
  EXPECT_THAT(Order(source, 0, 0), ElementsAre(5, 8, 1, 6, 7, 4, 3, 2, 0));
  EXPECT_THAT(Order(source, 1, 0), ElementsAre(5, 4, 8, 3, 0, 1, 2, 7, 6));
  EXPECT_THAT(Order(source, 0, 1), ElementsAre(8, 3, 4, 7, 5, 1, 0, 6, 2));
}

TEST(FiniteTask, OrdersAreShuffled) {
  const FiniteTask source = CountingSource(100001, 101, 100, 100);
  const auto order = Order(source, 0, 0);
  int neighbours = 0;  // expected: 1 of 1000
  for (std::size_t i = 1; i < order.size(); ++i) {
    neighbours += order[i] == order[i - 1] + 100 ? 1 : 0;
  }
  EXPECT_LT(neighbours, 8);
}

TEST(FiniteTask, EvaluationWindowsAreSpreadOverTheValidationTokens) {
  const FiniteTask source = CountingSource(100, 71, 30, 10);
  std::vector<std::int32_t> starts;
  for (std::int64_t i = 0; i < source.eval_examples(); ++i) {
    starts.push_back(EvalWindow(source, i).front());
  }
  EXPECT_THAT(starts, ElementsAre(0, 20, 40));
}

TEST(FiniteTask, EvaluationWindowsDifferHoweverManyThereAre) {
  for (const std::size_t windows : {50U, 51U, 73U, 99U, 100U, 1001U}) {
    const FiniteTask source = CountingSource(100, windows * 10 + 1, 500, 10);
    std::set<std::int32_t> starts;
    for (std::int64_t i = 0; i < 50; ++i) {
      starts.insert(EvalWindow(source, i).front());
    }
    EXPECT_EQ(starts.size(), 50U) << windows;
  }
}

TEST(FiniteTask, CountsItsTokens) {
  const FiniteTask source = CountingSource(1234, 567, 64, 64);
  EXPECT_EQ(source.info().train_tokens, 1234);
  EXPECT_EQ(source.info().validation_tokens, 567);
}

TEST(FiniteTask, TakesAnEvaluationSetThatJustFits) {
  EXPECT_EQ(CountingSource(100, 101, 100, 10).eval_examples(), 10);
}

TEST(FiniteTask, RefusesAnEvaluationSetThatDoesNotFitWithTheNumbers) {
  EXPECT_ERROR(CountingSource(100, 100, 100, 10),
               "takes 101 tokens, 10 windows of 10 and one, but only 100 "
               "tokens are there for validation: lower data.eval_tokens, give "
               "more data, or do something");
}

TEST(FiniteTask, RefusesTrainingTokensThatDoNotFillAWindow) {
  EXPECT_ERROR(CountingSource(10, 101, 100, 10),
               "10 training tokens do not fill one window of 10 and one");
}

TEST(FiniteTask, RefusesATokenOutOfTheVocabularyWhenItIsRead) {
  const std::string bytes =
      TokenBytes<std::uint32_t>({1, 2, 3, 4000000000, 5, 6, 7, 8});
  FiniteTokens tokens;
  tokens.info.vocab_size = 100;
  tokens.train.Append(std::as_bytes(std::span(bytes)), TokenWidth::kUint32,
                      "a.bin");
  tokens.validation.Append(std::as_bytes(std::span(bytes)).first(8),
                           TokenWidth::kUint32, "b.bin");
  const FiniteTask source(std::move(tokens), 1, 1);
  EXPECT_NO_THROW(EvalWindow(source, 0));
  const auto read_epoch = [&] {
    for (std::int64_t i = 0; i < 7; ++i) TrainWindow(source, 0, i);
  };
  EXPECT_ERROR(read_epoch(),
               "a.bin: token 3 is 4000000000, not below data.vocab_size 100");
}

}  // namespace
}  // namespace isoflop
