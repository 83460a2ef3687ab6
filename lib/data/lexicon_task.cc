#include "lib/data/lexicon_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "lib/core/hash.h"
#include "lib/core/random.h"
#include "lib/data/task_kinds.h"

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

std::shared_ptr<const TaskConfig> ReadLexicon(ObjectReader* reader) {
  auto config = std::make_shared<LexiconConfig>();
  reader->Read("vocab_size", &config->vocab_size, {2, 65536});
  reader->Read("words", &config->words, {2, 1 << 24});
  reader->Read("word_length", &config->word_length, {1, 64});
  reader->Read("zipf_exponent", &config->zipf_exponent, {0.0, 10.0});
  reader->Read("language_seed", &config->language_seed, {0, INT64_MAX});
  return config;
}

}  // namespace

TaskKind LexiconKind() {
  return {.name = LexiconConfig{}.kind(),
          .keys = {"vocab_size", "words", "word_length", "zipf_exponent",
                   "language_seed"},
          .read = ReadLexicon};
}

Json LexiconConfig::ToJson() const {
  return {{"vocab_size", vocab_size},
          {"words", words},
          {"word_length", word_length},
          {"zipf_exponent", zipf_exponent},
          {"language_seed", language_seed}};
}

/// Nothing where words differ in frequency: what is known of them would be no
/// average over strings.
std::optional<RandomStrings> LexiconConfig::ToMemorise() const {
  if (zipf_exponent != 0.0) return std::nullopt;
  return RandomStrings{.count = words,
                       .length = word_length,
                       .choices = vocab_size / 2,
                       .nats_per_token = std::log(static_cast<double>(words)) /
                                         static_cast<double>(word_length)};
}

std::optional<double> LexiconConfig::UnseenShare(std::int64_t tokens) const {
  const ZipfDistribution frequencies(words, zipf_exponent);
  const double drawn =
      static_cast<double>(tokens) / static_cast<double>(word_length);
  double share = 0.0;
  for (std::int64_t rank = 0; rank < words; ++rank) {
    const double p = std::exp(-frequencies.Surprisal(rank));
    share += p * std::exp(drawn * std::log1p(-p));
  }
  return share;
}

ExampleShape LexiconConfig::Shape(std::int64_t context) const {
  return WindowShape(vocab_size, context);
}

std::unique_ptr<Task> LexiconConfig::Open(std::int64_t eval_tokens,
                                          std::int64_t context) const {
  return std::make_unique<LexiconTask>(*this, eval_tokens, context);
}

LexiconTask::LexiconTask(const LexiconConfig& config, std::int64_t eval_tokens,
                         std::int64_t context)
    : lexicon_(config),
      words_per_window_(context / config.word_length),
      train_key_(MixBits(kTrainTexts,
                         static_cast<std::uint64_t>(config.language_seed))),
      eval_key_(MixBits(kEvalText,
                        static_cast<std::uint64_t>(config.language_seed))) {
  assert(context % config.word_length == 0 && eval_tokens >= context);
  info_.vocab_size = config.vocab_size;
  SetWindows(eval_tokens, context);
  Describe(config);
}

void LexiconTask::Describe(const LexiconConfig& config) {
  info_.fingerprint = Fingerprint(config);
  info_.description = fmt::format(
      "lexicon: {} words of {} tokens, Zipf exponent {}, vocabulary {}",
      config.words, config.word_length, config.zipf_exponent,
      config.vocab_size);
  info_.optimum = {.expected = lexicon_.EntropyRate(),
                   .on_evaluation_set = BayesLoss(),
                   .by_position = {}};
  info_.notes.push_back(fmt::format(
      "the entropy rate is {:.5f} nats per token, but the best possible loss "
      "on this evaluation set is {:.5f}: compare a fitted E with the latter",
      *info_.optimum.expected, *info_.optimum.on_evaluation_set));
}

void LexiconTask::ReadTrainWindow(std::int64_t seed, std::int64_t index,
                                  std::span<std::int32_t> window) const {
  ReadWindow(MixBits(train_key_, static_cast<std::uint64_t>(seed)), index,
             window);
}

void LexiconTask::ReadEvalWindow(std::int64_t index,
                                 std::span<std::int32_t> window) const {
  assert(index < eval_examples_);
  ReadWindow(eval_key_, index, window);
}

void LexiconTask::ReadWindow(std::uint64_t text_key, std::int64_t index,
                             std::span<std::int32_t> window) const {
  assert(index >= 0 && std::ssize(window) == context() + 1);
  std::int64_t word = index * words_per_window_;
  auto out = window.begin();
  while (window.end() - out > 1) {
    out =
        std::ranges::copy(lexicon_.Word(lexicon_.RankAt(text_key, word++)), out)
            .out;
  }
  *out = lexicon_.Word(lexicon_.RankAt(text_key, word))[0];
}

double LexiconTask::BayesLoss() const {
  // Windows adjoin, so the terms of first tokens cancel between them.
  const std::int64_t words = eval_examples_ * words_per_window_;
  double nats =
      lexicon_.FirstTokenSurprisal(lexicon_.RankAt(eval_key_, words)) -
      lexicon_.FirstTokenSurprisal(lexicon_.RankAt(eval_key_, 0));
  for (std::int64_t word = 0; word < words; ++word) {
    nats += lexicon_.Surprisal(lexicon_.RankAt(eval_key_, word));
  }
  return nats / static_cast<double>(eval_examples_ * context());
}

}  // namespace isoflop
