// A synthetic language with an exactly known entropy rate: words drawn
// independently by Zipf's law, each a fixed random string of tokens.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"
#include "lib/data/task_config.h"
#include "lib/data/zipf.h"

namespace isoflop {

/// Kind `lexicon`: K words, word k drawn independently with p_k proportional to
/// k^-s, each a fixed random string of m tokens. The first token of a word is
/// from the lower half of the vocabulary and the rest from the upper half, so
/// word boundaries are visible.
struct LexiconConfig final : TaskConfig {
  std::int64_t vocab_size = 64;    // even
  std::int64_t words = 65536;      // K
  std::int64_t word_length = 4;    // m, in tokens; divides the context
  double zipf_exponent = 1.3;      // s
  std::int64_t language_seed = 0;  // which random strings the words are

  std::string_view kind() const override { return "lexicon"; }
  Json ToJson() const override;
  std::optional<RandomStrings> ToMemorise() const override;
  /// Sum over words of p_k (1 - p_k)^n, n = tokens / m: the missing mass.
  std::optional<double> UnseenShare(std::int64_t tokens) const override;
  ExampleShape Shape(std::int64_t context) const override;

  /// Complains of what is no language, or one that windows of `context` tokens
  /// do not fit: an odd vocabulary, more words than there are strings
  /// ((V/2)^m < K), a context that word_length does not divide.
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// The words of a language. All of it is a function of the configuration; the
/// const members may be called from several threads.
class Lexicon {
 public:
  /// REQUIRES: config.Validate finds no problem.
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
