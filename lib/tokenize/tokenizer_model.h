// A SentencePiece model that loses nothing of a text.

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/tokenize/model_facts.h"

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace isoflop {

/// Returns the release of SentencePiece that this program was built with,
/// "0.1.97". Ids are not the same in every release: 0.2.0 cuts runs of the same
/// character otherwise.
std::string SentencePieceRelease();

/// A model, its pieces, and what they stand for. Several threads may use it.
class TokenizerModel {
 public:
  /// Throws Error, naming `source`, for bytes that are no model, a model
  /// without a piece for the end of a text (eos), and one that does not give
  /// back what it was given: it normalises, adds spaces or removes them.
  TokenizerModel(std::string bytes, const std::string& source);
  ~TokenizerModel();
  TokenizerModel(TokenizerModel&&) noexcept;
  TokenizerModel& operator=(TokenizerModel&&) noexcept;

  /// Reads it from a file. Throws Error.
  static TokenizerModel Load(const std::filesystem::path& path);

  const std::string& bytes() const { return bytes_; }
  const std::string& fingerprint() const { return sha256_; }
  const ModelFacts& facts() const { return facts_; }
  int vocab_size() const { return static_cast<int>(surfaces_.size()); }
  int end_of_text() const { return end_of_text_; }

  /// Whether the ids of a text are those of its words one after the other,
  /// each with the spaces before it: in byte-pair models of which no piece has
  /// a space behind another character. Merges never cross from word to word
  /// then. It does not hold of unigram models, which add up scores in single
  /// precision: near ties depend on all that stands before.
  bool words_apart() const { return words_apart_; }

  /// Replaces `ids` by those of SentencePiece for `text`.
  void Encode(std::string_view text, std::vector<int>* ids) const;

  /// Returns what SentencePiece makes of `ids`.
  std::string Decode(const std::vector<int>& ids) const;

  /// Returns what a piece stands for: the bytes that Decode makes of it, none
  /// for control pieces.
  std::string_view Surface(int id) const {
    return surfaces_[static_cast<std::size_t>(id)];
  }

  /// Returns the piece that stands for one byte, -1 in a model without.
  int PieceOfByte(unsigned char byte) const { return byte_pieces_[byte]; }

 private:
  void ReadPieces();
  void RequireLossless(const std::string& source) const;

  std::string bytes_;
  std::string sha256_;
  ModelFacts facts_;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
  std::vector<std::string> surfaces_;
  std::array<int, 256> byte_pieces_{};
  int end_of_text_ = -1;
  bool words_apart_ = false;
};

}  // namespace isoflop
