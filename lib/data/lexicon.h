// A synthetic language with an exactly known entropy rate: words drawn
// independently by Zipf's law, each a fixed random string of tokens.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lib/core/error.h"
#include "lib/data/data_config.h"
#include "lib/data/zipf.h"

namespace isoflop {

/// Adds to `problems` what makes `config` no language, or one that windows of
/// `context` tokens do not fit: an odd vocabulary, more words than there are
/// strings ((V/2)^m < K), a context that word_length does not divide. `path`
/// is where the section stands.
void Validate(const LexiconConfig& config, std::int64_t context,
              const std::string& path, Problems* problems);

/// The words of a language. All of it is a function of the configuration; the
/// const members may be called from several threads.
class Lexicon {
 public:
  /// REQUIRES: Validate finds no problem.
  explicit Lexicon(const LexiconConfig& config);

  /// m, in tokens.
  std::int64_t word_length() const { return config_.word_length; }

  /// Returns the tokens of the word of `rank` (0 is the most frequent). The
  /// first is in [0, V/2), the others in [V/2, V). No two words are equal.
  std::span<const std::uint16_t> Word(std::int64_t rank) const;

  /// Returns the rank of word `index` of an endless text; texts with different
  /// keys are independent. REQUIRES: index >= 0.
  std::int64_t RankAt(std::uint64_t text_key, std::int64_t index) const;

  /// Returns -ln p(word), in nats.
  double Surprisal(std::int64_t rank) const { return zipf_.Surprisal(rank); }

  /// Returns -ln q(a), in nats: q(a) is the probability that the first token
  /// of a word is that of the word of `rank`.
  double FirstTokenSurprisal(std::int64_t rank) const;

  /// Returns H(p)/m, in nats per token. It is exact, because the alphabets
  /// show where words begin and the words are independent.
  double EntropyRate() const;

 private:
  void SpellWords();
  void SumFirstTokens();

  LexiconConfig config_;
  ZipfDistribution zipf_;
  std::vector<std::uint16_t> tokens_;          // word after word, by rank
  std::vector<double> first_token_surprisal_;  // by token
};

}  // namespace isoflop
