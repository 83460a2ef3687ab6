#include "lib/data/lexicon_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "lib/core/hash.h"
#include "lib/core/random.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kTrainTexts = 0x747261696e;
constexpr std::uint64_t kEvalText = 0x6576616c;

/// The same language gives the same fingerprint; a change of what its
/// configuration means has to change the number in front.
std::string Fingerprint(const LexiconConfig& config) {
  return Sha256Hex(fmt::format("isoflop lexicon 1: V={} K={} m={} s={} seed={}",
                               config.vocab_size, config.words,
                               config.word_length, config.zipf_exponent,
                               config.language_seed));
}

}  // namespace

LexiconSource::LexiconSource(const LexiconConfig& config,
                             std::int64_t eval_tokens, std::int64_t context)
    : lexicon_(config),
      words_per_window_(context / config.word_length),
      train_key_(MixBits(kTrainTexts,
                         static_cast<std::uint64_t>(config.language_seed))),
      eval_key_(MixBits(kEvalText,
                        static_cast<std::uint64_t>(config.language_seed))) {
  assert(context % config.word_length == 0 && eval_tokens >= context);
  context_ = context;
  eval_windows_ = eval_tokens / context;
  Describe(config);
}

void LexiconSource::Describe(const LexiconConfig& config) {
  info_.fingerprint = Fingerprint(config);
  info_.description = fmt::format(
      "lexicon: {} words of {} tokens, Zipf exponent {}, vocabulary {}",
      config.words, config.word_length, config.zipf_exponent,
      config.vocab_size);
  info_.vocab_size = config.vocab_size;
  info_.entropy_rate = lexicon_.EntropyRate();
  info_.bayes_loss = BayesLoss();
  info_.notes.push_back(fmt::format(
      "the entropy rate is {:.5f} nats per token, but the best possible loss "
      "on this evaluation set is {:.5f}: compare a fitted E with the latter",
      *info_.entropy_rate, *info_.bayes_loss));
}

void LexiconSource::ReadTrainWindow(std::int64_t seed, std::int64_t index,
                                    std::span<std::int32_t> window) const {
  ReadWindow(MixBits(train_key_, static_cast<std::uint64_t>(seed)), index,
             window);
}

void LexiconSource::ReadEvalWindow(std::int64_t index,
                                   std::span<std::int32_t> window) const {
  assert(index < eval_windows_);
  ReadWindow(eval_key_, index, window);
}

void LexiconSource::ReadWindow(std::uint64_t text_key, std::int64_t index,
                               std::span<std::int32_t> window) const {
  assert(index >= 0 && std::ssize(window) == context_ + 1);
  std::int64_t word = index * words_per_window_;
  auto out = window.begin();
  while (window.end() - out > 1) {
    out =
        std::ranges::copy(lexicon_.Word(lexicon_.RankAt(text_key, word++)), out)
            .out;
  }
  *out = lexicon_.Word(lexicon_.RankAt(text_key, word))[0];
}

double LexiconSource::BayesLoss() const {
  // Windows adjoin, so the terms of first tokens cancel between them.
  const std::int64_t words = eval_windows_ * words_per_window_;
  double nats =
      lexicon_.FirstTokenSurprisal(lexicon_.RankAt(eval_key_, words)) -
      lexicon_.FirstTokenSurprisal(lexicon_.RankAt(eval_key_, 0));
  for (std::int64_t word = 0; word < words; ++word) {
    nats += lexicon_.Surprisal(lexicon_.RankAt(eval_key_, word));
  }
  return nats / static_cast<double>(eval_windows_ * context_);
}

}  // namespace isoflop
