#include "lib/data/lexicon_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "tests/data/windows.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kContext = 64;

LexiconTask DefaultSource() { return {LexiconConfig{}, 65536, kContext}; }

TEST(LexiconTask, GivesTheSameWindowWhenItIsAskedAgain) {
  const LexiconTask source = DefaultSource();
  const Window later = TrainWindow(source, 3, 1000000);
  const Window first = TrainWindow(source, 3, 0);
  EXPECT_EQ(TrainWindow(source, 3, 1000000), later);
  EXPECT_EQ(TrainWindow(DefaultSource(), 3, 0), first);
}

TEST(LexiconTask, SameConfigurationGivesTheSameWindowsInEveryBuild) {
  // A change of these numbers changes the data of every recorded run; the
  // fingerprint has to change with them.
  const LexiconTask source = DefaultSource();
  Window window = TrainWindow(source, 0, 0);
  window.resize(12);
  EXPECT_THAT(window,
              ElementsAre(2, 60, 43, 48, 22, 46, 49, 54, 7, 42, 47, 50));
  EXPECT_EQ(source.info().fingerprint,
            "328b4d853ebd961c7bf562514a9366375bf4fc6f3f2994d4bf61c75f3f5a2163");
}

TEST(LexiconTask, HasAnotherTextForEverySeed) {
  const LexiconTask source = DefaultSource();
  EXPECT_NE(TrainWindow(source, 0, 0), TrainWindow(source, 1, 0));
  EXPECT_NE(TrainWindow(source, 0, 1), TrainWindow(source, 1, 0));
}

TEST(LexiconTask, TrainsOnOtherTextThanItEvaluatesOn) {
  const LexiconTask source = DefaultSource();
  for (const std::int64_t seed : {0, 1, 2, 42}) {
    EXPECT_NE(TrainWindow(source, seed, 0), EvalWindow(source, 0));
  }
}

TEST(LexiconTask, WindowsAdjoin) {
  const LexiconTask source = DefaultSource();
  for (std::int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(TrainWindow(source, 0, i).back(),
              TrainWindow(source, 0, i + 1).front());
  }
}

TEST(LexiconTask, BeginsEveryWindowWithAWord) {
  const LexiconTask source = DefaultSource();
  for (std::int64_t i = 0; i < 100; ++i) {
    const Window window = TrainWindow(source, 7, i);
    for (std::size_t t = 0; t < window.size(); ++t) {
      EXPECT_EQ(window[t] < 32, t % 4 == 0);
    }
  }
}

TEST(LexiconTask, IsEndless) {
  const LexiconTask source = DefaultSource();
  EXPECT_FALSE(source.train_examples().has_value());
  EXPECT_FALSE(source.info().train_tokens.has_value());
  EXPECT_NE(TrainWindow(source, 0, 1LL << 55), TrainWindow(source, 0, 0));
}

TEST(LexiconTask, EvaluatesOnAsManyWholeWindowsAsAreAskedFor) {
  EXPECT_EQ(DefaultSource().eval_examples(), 1024);
  EXPECT_EQ(LexiconTask(LexiconConfig{}, 200, 64).eval_examples(), 3);
}

/// The mean surprisal of the targets of all evaluation windows, each from its
/// probability given the part of its word that the window shows before it.
double MeanSurprisalTokenByToken(const Task& source,
                                 const LexiconConfig& config) {
  const Lexicon lexicon(config);
  std::map<Window, double> mass;  // of the words that begin so
  for (std::int64_t r = 0; r < config.words; ++r) {
    Window prefix;
    mass[prefix] += std::exp(-lexicon.Surprisal(r));
    for (const std::uint16_t token : lexicon.Word(r)) {
      prefix.push_back(token);
      mass[prefix] += std::exp(-lexicon.Surprisal(r));
    }
  }
  double nats = 0.0;
  for (std::int64_t i = 0; i < source.eval_examples(); ++i) {
    const Window window = EvalWindow(source, i);
    for (std::int64_t t = 1; t <= source.context(); ++t) {
      const std::int64_t word_begin = t - t % config.word_length;
      const Window given(window.begin() + word_begin, window.begin() + t);
      const Window with(window.begin() + word_begin, window.begin() + t + 1);
      nats -= std::log(mass.at(with) / mass.at(given));
    }
  }
  return nats / static_cast<double>(source.eval_examples() * source.context());
}

TEST(LexiconTask, BayesLossIsTheMeanConditionalSurprisalOfEveryTarget) {
  LexiconConfig config;
  config.words = 400;
  config.word_length = 3;
  config.vocab_size = 16;
  for (const std::int64_t eval_tokens : {12, 1200, 12345}) {
    const LexiconTask source(config, eval_tokens, 12);
    EXPECT_NEAR(*source.info().optimum.on_evaluation_set,
                MeanSurprisalTokenByToken(source, config), 1e-12);
  }
}

TEST(LexiconTask, BayesLossOfTheDefaultSetIsThatOfItsTokens) {
  EXPECT_NEAR(*DefaultSource().info().optimum.on_evaluation_set,
              MeanSurprisalTokenByToken(DefaultSource(), LexiconConfig{}),
              1e-12);
}

TEST(LexiconTask, BayesLossOfALargeSetApproachesTheEntropyRate) {
  const LexiconTask source(LexiconConfig{}, 1 << 22, kContext);
  // Standard error: 3.2 nats a word / 4 tokens / sqrt(2^20 words) = .0008.
  EXPECT_NEAR(*source.info().optimum.on_evaluation_set,
              *source.info().optimum.expected, 0.003);
}

TEST(LexiconTask, FingerprintTellsLanguagesApart) {
  LexiconConfig config;
  std::vector<std::string> fingerprints;
  const auto add = [&] {
    fingerprints.push_back(LexiconTask(config, 64, 64).info().fingerprint);
  };
  add();
  config.language_seed = 1;
  add();
  config.zipf_exponent = 1.31;
  add();
  config.words = 65535;
  add();
  std::ranges::sort(fingerprints);
  EXPECT_EQ(std::ranges::adjacent_find(fingerprints), fingerprints.end());
}

}  // namespace
}  // namespace isoflop
