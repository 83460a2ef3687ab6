#include "lib/data/lexicon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Letters = std::vector<std::uint16_t>;

Letters WordOf(const Lexicon& lexicon, std::int64_t rank,
               std::size_t length = SIZE_MAX) {
  const auto word = lexicon.Word(rank);
  const auto prefix = word.first(std::min(length, word.size()));
  return {prefix.begin(), prefix.end()};
}

LexiconConfig Language(double zipf_exponent, std::int64_t words,
                       std::int64_t word_length) {
  LexiconConfig config;
  config.zipf_exponent = zipf_exponent;
  config.words = words;
  config.word_length = word_length;
  return config;
}

struct KnownRate {
  double zipf_exponent;
  std::int64_t words;
  std::int64_t word_length;
  double nats_per_token;
  double digits;
};

TEST(Lexicon, HasTheEntropyRatesThatAreKnown) {
  const std::vector<KnownRate> known = {{1.3, 65536, 4, 1.12870, 5e-6},
                                        {1.5, 65536, 4, 0.7907, 5e-5},
                                        {1.2, 65536, 4, 1.3661, 5e-5},
                                        {1.3, 1000000, 4, 1.1881, 5e-5},
                                        {1.3, 262144, 8, 0.5816, 5e-5}};
  for (const KnownRate& rate : known) {
    const Lexicon lexicon(
        Language(rate.zipf_exponent, rate.words, rate.word_length));
    EXPECT_NEAR(lexicon.EntropyRate(), rate.nats_per_token, rate.digits);
  }
}

TEST(Lexicon, HasADistinctWordForEveryRank) {
  for (const LexiconConfig& config :
       {Language(1.3, 65536, 4), Language(1.3, 30000, 3),
        Language(1.0, 65536, 40)}) {
    const Lexicon lexicon(config);
    std::set<Letters> words;
    for (std::int64_t r = 0; r < config.words; ++r) {
      words.insert(WordOf(lexicon, r));
    }
    EXPECT_EQ(std::ssize(words), config.words);
  }
}

TEST(Lexicon, CanUseEveryStringThereIs) {
  LexiconConfig config = Language(1.0, 64, 3);
  config.vocab_size = 8;
  const Lexicon lexicon(config);
  std::set<Letters> words;
  for (std::int64_t r = 0; r < 64; ++r) words.insert(WordOf(lexicon, r));
  EXPECT_EQ(words.size(), 64U);
}

TEST(Lexicon, BeginsWordsInTheLowerHalfOfTheVocabularyAndGoesOnInTheUpper) {
  const LexiconConfig config = Language(1.3, 65536, 4);
  const Lexicon lexicon(config);
  for (std::int64_t r = 0; r < config.words; ++r) {
    const auto word = lexicon.Word(r);
    ASSERT_LT(word[0], 32);
    for (const std::uint16_t token : word.subspan(1)) {
      ASSERT_GE(token, 32);
      ASSERT_LT(token, 64);
    }
  }
}

/// H(token at each position | the tokens of the word before it), in nats.
std::vector<double> EntropyByPosition(const Lexicon& lexicon,
                                      std::int64_t words) {
  std::vector<double> entropies;
  double before = 0.0;
  for (std::int64_t i = 1; i <= lexicon.word_length(); ++i) {
    std::map<Letters, double> mass;
    for (std::int64_t r = 0; r < words; ++r) {
      mass[WordOf(lexicon, r, static_cast<std::size_t>(i))] +=
          std::exp(-lexicon.Surprisal(r));
    }
    double joint = 0.0;
    for (const auto& [prefix, p] : mass) joint -= p * std::log(p);
    entropies.push_back(joint - before);
    before = joint;
  }
  return entropies;
}

TEST(Lexicon, EntropyOfEachPositionIsNearThatOfRandomSpelling) {
  constexpr std::int64_t kWords = 65536;
  std::vector<double> mean(4, 0.0);
  for (const std::int64_t seed : {0, 1}) {
    LexiconConfig config = Language(1.3, kWords, 4);
    config.language_seed = seed;
    const auto entropies = EntropyByPosition(Lexicon(config), kWords);
    for (std::size_t i = 0; i < 4; ++i) mean[i] += entropies[i] / 2.0;
  }
  // ln 32 = 3.466 for the first token if words were equally frequent.
  EXPECT_NEAR(mean[0], 2.805, 0.06);
  EXPECT_NEAR(mean[1], 1.266, 0.06);
  EXPECT_NEAR(mean[2], 0.393, 0.03);
  EXPECT_NEAR(mean[3], 0.051, 0.01);
}

TEST(Lexicon, SpellsOtherWordsWithAnotherSeed) {
  LexiconConfig config = Language(1.3, 4096, 4);
  const Lexicon one(config);
  config.language_seed = 1;
  const Lexicon other(config);
  int equal = 0;
  for (std::int64_t r = 0; r < config.words; ++r) {
    equal += WordOf(one, r) == WordOf(other, r) ? 1 : 0;
  }
  EXPECT_LE(equal, 2);  // of 4096 pairs out of 2^20 strings
}

TEST(Lexicon, FirstTokenSurprisalSumsTheWordsThatBeginAlike) {
  LexiconConfig config = Language(1.3, 300, 3);
  config.vocab_size = 16;
  const Lexicon lexicon(config);
  std::map<std::uint16_t, double> mass;
  for (std::int64_t r = 0; r < config.words; ++r) {
    mass[lexicon.Word(r)[0]] += std::exp(-lexicon.Surprisal(r));
  }
  for (std::int64_t r = 0; r < config.words; ++r) {
    EXPECT_NEAR(lexicon.FirstTokenSurprisal(r),
                -std::log(mass[lexicon.Word(r)[0]]), 1e-12);
  }
}

TEST(Lexicon, MeanSurprisalOfALongTextApproachesTheEntropy) {
  const Lexicon lexicon(Language(1.3, 65536, 4));
  constexpr std::int64_t kWords = 1000000;
  double nats = 0.0;
  for (std::int64_t i = 0; i < kWords; ++i) {
    nats += lexicon.Surprisal(lexicon.RankAt(5, i));
  }
  // The standard deviation of one surprisal is 3.2 nats.
  EXPECT_NEAR(nats / kWords, 4.0 * lexicon.EntropyRate(), 4.0 * 3.2 / 1000.0);
}

std::vector<std::string> Complaints(const LexiconConfig& config,
                                    std::int64_t context) {
  Problems problems;
  config.Validate(context, "a.json: data", &problems);
  return problems.messages();
}

TEST(Lexicon, TakesEveryWordThatCanBeSpelled) {
  LexiconConfig config = Language(1.3, 1024, 2);
  EXPECT_THAT(Complaints(config, 64), IsEmpty());
  config.words = 1025;
  EXPECT_THAT(
      Complaints(config, 64),
      ElementsAre("a.json: data.words: 1025 words cannot all differ: 2 tokens "
                  "from alphabets of 32 spell only 1024"));
}

TEST(Lexicon, RefusesAnOddVocabulary) {
  LexiconConfig config;
  config.vocab_size = 65;
  EXPECT_THAT(Complaints(config, 64),
              ElementsAre(HasSubstr("data.vocab_size: must be even")));
}

TEST(Lexicon, RefusesAContextThatWordsDoNotFill) {
  EXPECT_THAT(Complaints(Language(1.3, 65536, 4), 66),
              ElementsAre(HasSubstr("4 does not divide 66")));
}

TEST(Lexicon, SaysEverythingThatIsWrongAtOnce) {
  LexiconConfig config = Language(1.3, 65536, 3);
  config.vocab_size = 33;
  EXPECT_EQ(Complaints(config, 64).size(), 3U);
}

}  // namespace
}  // namespace isoflop
