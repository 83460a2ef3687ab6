// Text to ids, checked to come back as it was.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/tokenize/document_reader.h"
#include "lib/tokenize/tokenizer_model.h"

namespace isoflop {

/// Why a unit has no ids: what in it does not come back.
struct LostText {
  std::size_t at = 0;  // byte of the text
  std::string what;    // "byte 0xff is no UTF-8"
};

/// Encodes one unit after the other; a thread has one of its own.
///
/// The ids are SentencePiece's, but for U+2581, which SentencePiece takes for a
/// space: its three bytes are written as byte pieces, so that it, too, comes
/// back. Of a model whose words stand apart, words are looked up where they
/// were met before.
class PieceEncoder {
 public:
  /// REQUIRES: `model` outlives the encoder.
  explicit PieceEncoder(const TokenizerModel& model) : model_(model) {}

  /// Appends the ids of `unit` to `ids`. Throws Error, the message without a
  /// place, for text that does not come back: what is no UTF-8, and, of a model
  /// without byte pieces, what it has no piece for.
  void Encode(std::string_view unit, std::vector<std::uint32_t>* ids);

  /// Returns the ids of a piece, with the end of text after each document.
  /// Throws Error, naming file and line of `files`.
  std::vector<std::uint32_t> Encode(
      const TextPiece& piece, const std::vector<std::filesystem::path>& files);

 private:
  struct Cached {
    std::uint32_t begin = 0;  // in ids_
    std::uint32_t size = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const {
      return std::hash<std::string_view>{}(word);
    }
  };

  void EncodePlain(std::string_view text, std::vector<std::uint32_t>* ids);
  void EncodeWord(std::string_view word, std::vector<std::uint32_t>* ids);
  void EncodeDirectly(std::string_view text, bool decode,
                      std::vector<std::uint32_t>* ids);
  void AppendSpaceSymbol(std::vector<std::uint32_t>* ids) const;

  const TokenizerModel& model_;
  std::unordered_map<std::string, Cached, Hash, std::equal_to<>> cache_;
  std::vector<std::uint32_t> cached_ids_;
  std::vector<int> buffer_;
  std::int64_t units_ = 0;
};

}  // namespace isoflop
