#include "lib/tokenize/train_tokenizer.h"

#include <fmt/format.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{16} << 20;
// SentencePiece passes over longer ones.
constexpr std::size_t kLongestSentence = kLongestUnit;

class SampleIterator final : public sentencepiece::SentenceIterator {
 public:
  explicit SampleIterator(const std::vector<std::string>& sample)
      : sample_(sample) {}

  bool done() const override { return at_ >= sample_.size(); }
  void Next() override { ++at_; }
  const std::string& value() const override { return sample_[at_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& sample_;
  std::size_t at_ = 0;
};

/// The number behind the last "<= " or " vs " of a message.
std::string NumberIn(const std::string& message, std::string_view before) {
  const std::size_t at = message.find(before);
  if (at == std::string::npos) return {};
  const std::string_view rest =
      std::string_view(message).substr(at + before.size());
  return std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
}

std::string InWords(const std::string& message, int vocab_size) {
  if (const auto most = NumberIn(message, "to a value <= "); !most.empty()) {
    return fmt::format(
        "--vocab-size: {} is too large for the data, which have pieces for "
        "{} at most",
        vocab_size, most);
  }
  if (const auto least = NumberIn(message, fmt::format("{} vs ", vocab_size));
      !least.empty()) {
    return fmt::format(
        "--vocab-size: {} has no room for the characters of the data and the "
        "256 bytes: it must be at least {}",
        vocab_size, least);
  }
  return fmt::format("SentencePiece cannot train on the data: {}", message);
}

}  // namespace

void TextSample::Add(const TextPiece& piece) {
  for (const TextUnit& unit : piece.units) {
    if (met_++ % every_ != 0) continue;
    units_.emplace_back(piece.TextOf(unit));
    bytes_ += unit.size;
    if (bytes_ > kSampleBytes) Thin();
  }
}

void TextSample::Thin() {
  std::size_t kept = 0;
  bytes_ = 0;
  for (std::size_t i = 0; i < units_.size(); i += 2) {
    bytes_ += units_[i].size();
    if (i != kept) units_[kept] = std::move(units_[i]);
    ++kept;
  }
  units_.resize(kept);
  every_ *= 2;
}

std::string TrainTokenizer(const std::vector<std::string>& sample,
                           const TokenizerTraining& training) {
  Require(!sample.empty(), "INPUT: there is no text to train a tokenizer on");
  const std::unordered_map<std::string, std::string> settings = {
      {"model_type", std::string(NameOf(training.kind))},
      {"vocab_size", std::to_string(training.vocab_size)},
      {"num_threads", std::to_string(kTrainingThreads)},
      {"max_sentence_length", std::to_string(kLongestSentence)},
      {"normalization_rule_name", "identity"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"allow_whitespace_only_pieces", "true"},
      {"byte_fallback", "true"},
      {"unk_id", "0"},
      {"eos_id", "1"},
      {"bos_id", "-1"},
      {"pad_id", "-1"},
      {"minloglevel", "3"},
  };
  SampleIterator sentences(sample);
  std::string model;
  const auto status =
      sentencepiece::SentencePieceTrainer::Train(settings, &sentences, &model);
  Require(status.ok(), "{}", InWords(status.ToString(), training.vocab_size));
  return model;
}

}  // namespace isoflop
