#include "lib/data/lexicon.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "lib/core/random.h"

namespace isoflop {
namespace {

// Distinct purposes draw from distinct streams of the language seed.
constexpr std::uint64_t kSpelling = 0x7370656c6c;
constexpr std::uint64_t kSuffixes = 0x737566666978;

/// The longest strings over `letters` letters, of at most `length`, that can
/// be numbered within 62 bits.
struct StringSpace {
  std::int64_t length = 0;
  std::uint64_t size = 1;  // letters^length
};

StringSpace NumberedStrings(std::uint64_t letters, std::int64_t length) {
  constexpr std::uint64_t kLimit = 1ULL << 62;
  StringSpace space;
  while (space.length < length && space.size <= kLimit / letters) {
    space.size *= letters;
    ++space.length;
  }
  return space;
}

}  // namespace

void LexiconConfig::Validate(std::int64_t context, const std::string& path,
                             Problems* problems) const {
  const std::int64_t m = word_length;
  if (vocab_size % 2 != 0) {
    problems->Add(path + ".vocab_size",
                  fmt::format("must be even, because words begin in its lower "
                              "half and go on in its upper half; got {}",
                              vocab_size));
  }
  const auto letters = static_cast<std::uint64_t>(vocab_size / 2);
  const std::uint64_t strings = NumberedStrings(letters, m).size;
  if (static_cast<std::uint64_t>(words) > strings) {
    problems->Add(path + ".words",
                  fmt::format("{} words cannot all differ: {} tokens from "
                              "alphabets of {} spell only {}",
                              words, m, letters, strings));
  }
  if (context % m != 0) {
    problems->Add(path + ".word_length",
                  fmt::format("must divide the context, so that windows begin "
                              "with words; {} does not divide {}",
                              m, context));
  }
}

Lexicon::Lexicon(const LexiconConfig& config)
    : config_(config), zipf_(config.words, config.zipf_exponent) {
  SpellWords();
  SumFirstTokens();
}

void Lexicon::SpellWords() {
  const auto letters = static_cast<std::uint64_t>(config_.vocab_size / 2);
  const auto seed = static_cast<std::uint64_t>(config_.language_seed);
  // A permutation numbers the strings, so words differ without a search. Where
  // strings are too many to number, their beginnings already differ.
  const StringSpace space = NumberedStrings(letters, word_length());
  const Permutation shuffle(MixBits(kSpelling, seed), space.size);
  RandomStream suffixes(MixBits(kSuffixes, seed));
  tokens_.reserve(static_cast<std::size_t>(config_.words * word_length()));
  for (std::int64_t rank = 0; rank < config_.words; ++rank) {
    std::uint64_t number = shuffle(static_cast<std::uint64_t>(rank));
    for (std::int64_t i = 0; i < word_length(); ++i) {
      const std::uint64_t letter =
          i < space.length ? number % letters : suffixes.Below(letters);
      number /= letters;
      tokens_.push_back(
          static_cast<std::uint16_t>(letter + (i == 0 ? 0 : letters)));
    }
  }
}

void Lexicon::SumFirstTokens() {
  std::vector<double> mass(static_cast<std::size_t>(config_.vocab_size / 2));
  for (std::int64_t rank = config_.words; rank-- > 0;) {
    mass[Word(rank)[0]] += std::exp(-Surprisal(rank));
  }
  for (const double q : mass) first_token_surprisal_.push_back(-std::log(q));
}

std::span<const std::uint16_t> Lexicon::Word(std::int64_t rank) const {
  assert(0 <= rank && rank < config_.words);
  const auto length = static_cast<std::size_t>(word_length());
  return std::span(tokens_).subspan(static_cast<std::size_t>(rank) * length,
                                    length);
}

std::int64_t Lexicon::RankAt(std::uint64_t text_key, std::int64_t index) const {
  assert(index >= 0);
  return zipf_.Rank(MixBits(text_key, static_cast<std::uint64_t>(index)));
}

double Lexicon::FirstTokenSurprisal(std::int64_t rank) const {
  return first_token_surprisal_[Word(rank)[0]];
}

double Lexicon::EntropyRate() const {
  return zipf_.Entropy() / static_cast<double>(word_length());
}

}  // namespace isoflop
