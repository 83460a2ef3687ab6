#include "lib/tokenize/tokenizer_model.h"

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/hash.h"

namespace isoflop {
namespace {

constexpr std::string_view kSpace = "\xe2\x96\x81";  // stands for a space

std::string WithSpaces(std::string_view piece) {
  std::string text;
  for (std::size_t at = 0; at < piece.size();) {
    const bool space = piece.substr(at).starts_with(kSpace);
    text += space ? ' ' : piece[at];
    at += space ? kSpace.size() : 1;
  }
  return text;
}

/// Whether a space stands behind another character.
bool HasInnerSpace(std::string_view text) {
  const std::size_t word = text.find_first_not_of(' ');
  return word != std::string_view::npos &&
         text.find(' ', word) != std::string_view::npos;
}

}  // namespace

std::string SentencePieceRelease() { return ISOFLOP_SENTENCEPIECE_RELEASE; }

TokenizerModel::TokenizerModel(std::string bytes, const std::string& source)
    : bytes_(std::move(bytes)),
      sha256_(Sha256Hex(bytes_)),
      facts_(ReadModelFacts(bytes_, source)),
      processor_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  const auto status = processor_->LoadFromSerializedProto(bytes_);
  Require(status.ok() && processor_->GetPieceSize() > 0,
          "{}: is no model of SentencePiece: {}", source, status.ToString());
  end_of_text_ = processor_->eos_id();
  Require(end_of_text_ >= 0,
          "{}: has no piece for the end of a text, which stands between "
          "documents; train one with --eos_id",
          source);
  ReadPieces();
  RequireLossless(source);
}

TokenizerModel::~TokenizerModel() = default;
TokenizerModel::TokenizerModel(TokenizerModel&&) noexcept = default;
TokenizerModel& TokenizerModel::operator=(TokenizerModel&&) noexcept = default;

TokenizerModel TokenizerModel::Load(const std::filesystem::path& path) {
  return {ReadFile(path), path.string()};
}

void TokenizerModel::ReadPieces() {
  byte_pieces_.fill(-1);
  words_apart_ = facts_.kind == TokenizerKind::kBpe;
  for (int id = 0; id < processor_->GetPieceSize(); ++id) {
    const std::string& piece = processor_->IdToPiece(id);
    std::string surface;
    if (processor_->IsByte(id)) {  // "<0x0A>"
      constexpr int kHex = 16;
      const auto byte = static_cast<unsigned char>(
          std::stoi(piece.substr(3, 2), nullptr, kHex));
      surface = static_cast<char>(byte);
      byte_pieces_[byte] = id;
    } else if (!processor_->IsControl(id) && !processor_->IsUnknown(id)) {
      surface = WithSpaces(piece);
    }
    if (HasInnerSpace(surface)) words_apart_ = false;
    surfaces_.push_back(std::move(surface));
  }
}

void TokenizerModel::RequireLossless(const std::string& source) const {
  constexpr std::string_view kProbes[] = {"a",
                                          " a",
                                          "a ",
                                          "  a  b   c ",
                                          "a\n\nb\n",
                                          "\ta\r",
                                          "x \xc2\xa0y",
                                          "\xef\xac\x81",
                                          "e\xcc\x81 \xe2\x85\xa7",
                                          "\xf0\x9f\x98\x80 \xe4\xb8\x80"};
  std::vector<int> ids;
  std::vector<int> all;
  std::string text;
  for (const std::string_view probe : kProbes) {
    Encode(probe, &ids);
    all.insert(all.end(), ids.begin(), ids.end());
    text += probe;
  }
  Require(Decode(all) == text,
          "{}: does not give back the text that it is given (its "
          "normalisation is \"{}\"): train one here, without --tokenizer, or "
          "with spm_train --normalization_rule_name=identity "
          "--add_dummy_prefix=false --remove_extra_whitespaces=false "
          "--byte_fallback=true",
          source, facts_.normalization);
}

void TokenizerModel::Encode(std::string_view text,
                            std::vector<int>* ids) const {
  const auto status = processor_->Encode(text, ids);
  Require(status.ok(), "SentencePiece cannot encode: {}", status.ToString());
}

std::string TokenizerModel::Decode(const std::vector<int>& ids) const {
  std::string text;
  const auto status = processor_->Decode(ids, &text);
  Require(status.ok(), "SentencePiece cannot decode: {}", status.ToString());
  return text;
}

}  // namespace isoflop
