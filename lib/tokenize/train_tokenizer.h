// A SentencePiece model made from the data itself.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/tokenize/document_reader.h"
#include "lib/tokenize/model_facts.h"

namespace isoflop {

struct TokenizerTraining {
  TokenizerKind kind = TokenizerKind::kBpe;  // or unigram
  int vocab_size = 4096;
};

/// How many threads train: unigram models differ with their number.
inline constexpr int kTrainingThreads = 1;

/// Some units of a text, evenly over all of it, however long it is: every unit,
/// or every second, fourth, eighth, ... so that they have 16 MiB at most.
class TextSample {
 public:
  /// Considers the units of the next piece.
  void Add(const TextPiece& piece);

  const std::vector<std::string>& units() const { return units_; }

 private:
  void Thin();

  std::vector<std::string> units_;
  std::int64_t every_ = 1;
  std::int64_t met_ = 0;
  std::size_t bytes_ = 0;
};

/// Returns the bytes of a model with these settings: no normalisation, no space
/// added or removed, byte pieces for what has no piece of its own, an end of
/// text. The same sample gives the same bytes. Throws Error, naming the option,
/// where the data do not have so large a vocabulary, or it has no room for
/// their characters.
std::string TrainTokenizer(const std::vector<std::string>& sample,
                           const TokenizerTraining& training);

}  // namespace isoflop
