#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<Task> OpenMarkov(const Json& keys, std::int64_t context,
                                 std::int64_t eval_tokens = 65536) {
  Json with_size = {{"eval_tokens", eval_tokens}};
  for (const auto& [key, value] : keys.items()) with_size[key] = value;
  return OpenKind("markov", with_size, context);
}

/// Returns s_0 ... s_T, after a check that targets are the inputs to come.
std::vector<std::int32_t> Symbols(const Task& task, std::int64_t index,
                                  std::int64_t seed = 0) {
  ExampleBuffer buffer(task.shape());
  const ExampleSpans example = buffer[0];
  task.ReadTrain(seed, index, example);
  std::vector<std::int32_t> symbols(example.tokens.begin(),
                                    example.tokens.end());
  symbols.push_back(example.target_tokens.back());
  EXPECT_TRUE(std::equal(example.target_tokens.begin(),
                         example.target_tokens.end(), symbols.begin() + 1));
  return symbols;
}

/// Mean of one number of every sequence, and its standard error.
struct SequenceMean {
  double sum = 0.0, squares = 0.0, count = 0.0;

  void Add(double value) {
    sum += value;
    squares += value * value;
    count += 1.0;
  }
  double mean() const { return sum / count; }
  double std_error() const {
    return std::sqrt((squares / count - mean() * mean()) / count);
  }
};

/// The loss of (count + 1) / (all + k).
double CountedLoss(double count, double all, double symbols) {
  return std::log((all + symbols) / (count + 1.0));
}

/// Of a sequence, the mean loss of the predictors "unigram" and "Bayes".
std::pair<double, double> CountedLosses(const std::vector<std::int32_t>& s,
                                        std::size_t symbols) {
  std::vector<double> seen(symbols);
  std::vector<double> left(symbols);
  std::vector<double> transitions(symbols * symbols);
  const auto k = static_cast<double>(symbols);
  double unigram = 0.0;
  double bayes = 0.0;
  for (std::size_t t = 0; t + 1 < s.size(); ++t) {
    const auto from = static_cast<std::size_t>(s[t]);
    const auto to = static_cast<std::size_t>(s[t + 1]);
    seen[from] += 1.0;
    unigram += CountedLoss(seen[to], static_cast<double>(t + 1), k);
    bayes += CountedLoss(transitions[from * symbols + to], left[from], k);
    left[from] += 1.0;
    transitions[from * symbols + to] += 1.0;
  }
  const auto length = static_cast<double>(s.size() - 1);
  return {unigram / length, bayes / length};
}

/// Returns the number after `word` in the task's note.
double Noted(const Task& task, const std::string& word) {
  const std::string& note = task.info().notes.at(0);
  return std::stod(note.substr(note.find(word) + word.size()));
}

/// Losses in nats per token: of millions of sequences of another program, which
/// has other random numbers. To four digits, the last of them is uncertain.
struct KnownLosses {
  std::int64_t symbols, context;
  double uniform, unigram, bayes, entropy;
};

class MarkovLosses : public testing::TestWithParam<KnownLosses> {};

TEST_P(MarkovLosses, AreThoseOfAnotherProgram) {
  const KnownLosses& known = GetParam();
  constexpr int kSequences = 4000;
  constexpr double kRounding = 2e-4;
  const auto task = OpenMarkov({{"symbols", known.symbols}}, known.context,
                               known.context * kSequences);
  SequenceMean unigram;
  SequenceMean bayes;
  for (int i = 0; i < kSequences; ++i) {
    const auto [one, two] = CountedLosses(
        Symbols(*task, i), static_cast<std::size_t>(known.symbols));
    unigram.Add(one);
    bayes.Add(two);
  }
  EXPECT_NEAR(unigram.mean(), known.unigram,
              3.0 * unigram.std_error() + kRounding);
  EXPECT_NEAR(bayes.mean(), known.bayes, 3.0 * bayes.std_error() + kRounding);
  // The evaluation set has as many sequences, so its errors are as large.
  EXPECT_NEAR(Noted(*task, "uniform "), known.uniform, 1e-4);
  EXPECT_NEAR(Noted(*task, "unigram "), known.unigram,
              3.0 * unigram.std_error() + kRounding);
  EXPECT_NEAR(task->info().optimum.on_evaluation_set.value(), known.bayes,
              3.0 * bayes.std_error() + kRounding);
  EXPECT_NEAR(Noted(*task, "entropy of the chains "), known.entropy,
              3.0 * bayes.std_error() + kRounding);
}

INSTANTIATE_TEST_SUITE_P(
    , MarkovLosses,
    testing::Values(KnownLosses{2, 100, 0.6931, 0.5821, 0.5113, 0.4815},
                    KnownLosses{3, 100, 1.0986, 1.0083, 0.8866, 0.8195},
                    KnownLosses{4, 64, 1.3863, 1.3373, 1.2070, 1.0745},
                    KnownLosses{8, 128, 2.0794, 2.0810, 1.9251, 1.7161}));

TEST(Markov, KnowsTheRiskOfTwoSymbols) {
  const auto task = OpenMarkov({{"symbols", 2}}, 100);
  const auto& optimum = task->info().optimum;
  EXPECT_NEAR(optimum.expected.value(), 0.5113, 2e-4);
  ASSERT_EQ(optimum.by_position.size(), 100U);
  EXPECT_NEAR(optimum.by_position[0], std::log(2.0), 1e-12);
  // In one of two cases the symbol has come again, and does so with 2/3.
  const double again =
      -std::log(2.0 / 3.0) * 2.0 / 3.0 - std::log(1.0 / 3.0) / 3.0;
  EXPECT_NEAR(optimum.by_position[1], 0.5 * again + 0.5 * std::log(2.0), 1e-12);
}

/// Returns the sum over everything that may follow `s` of probability times
/// Bayes' mean loss.
double RiskByEnumeration(std::vector<std::int32_t>* s, std::size_t length) {
  if (s->size() == length + 1) {
    const double mean = CountedLosses(*s, 2).second;
    return std::exp(-mean * static_cast<double>(length)) * mean;
  }
  double sum = 0.0;
  for (const std::int32_t next : {0, 1}) {
    s->push_back(next);
    sum += RiskByEnumeration(s, length);
    s->pop_back();
  }
  return sum;
}

TEST(Markov, HasTheRiskThatAllSequencesHave) {
  for (const std::int64_t context : {1, 2, 3, 7, 12}) {
    std::vector<std::int32_t> start = {0};
    EXPECT_NEAR(
        OpenMarkov({{"symbols", 2}}, context)->info().optimum.expected.value(),
        RiskByEnumeration(&start, static_cast<std::size_t>(context)), 1e-12);
  }
}

TEST(Markov, LeavesOutWhatIsNotKnownExactly) {
  const auto task = OpenMarkov({}, 100);
  EXPECT_EQ(task->info().optimum.expected, std::nullopt);
  EXPECT_THAT(task->info().optimum.by_position, IsEmpty());
  EXPECT_THAT(task->info().notes, ElementsAre(HasSubstr("uniform 1.0986")));
}

TEST(Markov, HasASymbolAtEveryPositionAndCountsThemAll) {
  const auto task = OpenMarkov({{"symbols", 64}}, 128);
  EXPECT_TRUE(task->shape().all_count());
  EXPECT_EQ(task->info().vocab_size, 64);
  EXPECT_EQ(task->info().loss_unit, LossUnit::kNats);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(Symbols(*task, i),
                Each(testing::AllOf(testing::Ge(0), testing::Lt(64))));
  }
}

TEST(Markov, GivesTheSameSequenceWhateverWasReadBefore) {
  const auto task = OpenMarkov({}, 50);
  const auto later = Symbols(*task, 1000, 3);
  EXPECT_NE(Symbols(*task, 1001, 3), later);
  EXPECT_NE(Symbols(*task, 1000, 4), later);
  EXPECT_EQ(Symbols(*task, 1000, 3), later);
  ExampleBuffer buffer(task->shape());
  task->ReadEval(0, buffer[0]);
  const auto eval = buffer[0].tokens;
  auto train = Symbols(*task, 0, 0);
  train.pop_back();
  EXPECT_NE(train, std::vector<std::int32_t>(eval.begin(), eval.end()));
}

TEST(Markov, BeginsAlikeInEveryContext) {
  auto longer = Symbols(*OpenMarkov({}, 50), 5);
  longer.resize(21);
  EXPECT_EQ(Symbols(*OpenMarkov({}, 20), 5), longer);
}

TEST(Markov, SameSettingsGiveTheSameSequencesInEveryBuild) {
  // A change of these changes the data of every recorded run; the number in the
  // fingerprint has to change with them.
  const auto task = OpenMarkov({}, 11);
  EXPECT_THAT(Symbols(*task, 0),
              ElementsAre(0, 2, 2, 0, 0, 2, 1, 0, 2, 2, 2, 0));
  EXPECT_EQ(task->info().fingerprint,
            "48010d9db7014fad907b5f80ddd6ee6d75d449055c8c4ce37e2b594a056f0988");
}

TEST(Markov, RefusesTooFewAndTooManySymbols) {
  EXPECT_ERROR(OpenMarkov({{"symbols", 1}}, 10),
               "a.json: data.symbols: must be from 2 to 64, got 1");
  EXPECT_ERROR(OpenMarkov({{"symbols", 65}}, 10), "symbols: must be from 2");
  EXPECT_ERROR(OpenMarkov({{"symbol", 3}}, 10), "symbol");
}

TEST(MarkovBaselines, HaveTheKnownLosses) {
  const auto task =
      OpenKind("markov", {{"symbols", 3}, {"eval_tokens", 409600}}, 100);
  const std::vector<double> known = {1.0986, 1.0089, 0.8873};
  ExampleBuffer buffer(task->shape());
  for (std::size_t number = 0; number < known.size(); ++number) {
    const auto baseline = task->MakeBaseline(number);
    std::vector<double> predictions(300);
    double sum = 0.0;
    for (std::int64_t index = 0; index < task->eval_examples(); ++index) {
      task->ReadEval(index, buffer[0]);
      baseline->Predict(buffer[0], predictions);
      for (std::size_t t = 0; t < 100; ++t) {
        const auto target =
            static_cast<std::size_t>(buffer[0].target_tokens[t]);
        sum -= std::log(predictions[3 * t + target]);
        EXPECT_NEAR(predictions[3 * t] + predictions[3 * t + 1] +
                        predictions[3 * t + 2],
                    1.0, 1e-12);
      }
    }
    const double loss = sum / static_cast<double>(100 * task->eval_examples());
    EXPECT_NEAR(loss, known[number], 0.006);
    if (number == 2) {
      EXPECT_NEAR(loss, *task->info().optimum.on_evaluation_set, 1e-9);
    }
  }
}

}  // namespace
}  // namespace isoflop
