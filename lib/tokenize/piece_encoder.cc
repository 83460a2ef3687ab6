#include "lib/tokenize/piece_encoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/error.h"
#include "lib/core/quote.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

constexpr std::string_view kSpaceSymbol = "\xe2\x96\x81";
constexpr std::size_t kLongestCached = 64;                 // bytes
constexpr std::size_t kMostCached = std::size_t{1} << 19;  // words
// Decode takes as long as Encode; every unit is compared with what its pieces
// stand for, and every so manieth with what Decode makes of them.
constexpr std::int64_t kDecodeEvery = 64;

/// What did not come back of a text, in words.
std::string WhatIsLost(std::string_view text, std::size_t at) {
  const std::size_t valid = ValidUtf8Prefix(text).size();
  if (valid < text.size()) {
    return fmt::format("byte 0x{:02x} at byte {} of the line is no UTF-8",
                       static_cast<unsigned char>(text[valid]), valid + 1);
  }
  const std::string_view rest = text.substr(std::min(at, text.size()));
  const std::string_view character =
      rest.empty() ? rest : rest.substr(0, CharacterLength(rest));
  return fmt::format(
      "{} at byte {} of the line does not come back when its ids are decoded: "
      "the tokenizer has no piece for it; one trained with byte_fallback has",
      Quoted(std::string(character)), at + 1);
}

/// Returns how much of `text` the pieces of `ids` stand for, all of it if they
/// are its ids.
std::size_t Covered(const TokenizerModel& model, std::string_view text,
                    const std::vector<int>& ids) {
  std::size_t at = 0;
  for (const int id : ids) {
    const std::string_view surface = model.Surface(id);
    if (surface.empty() || !text.substr(at).starts_with(surface)) return at;
    at += surface.size();
  }
  return at;
}

/// The end of the word at the beginning of `text`: spaces, then others.
std::size_t WordLength(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  while (at != end && *at == ' ') ++at;
  while (at != end && *at != ' ') ++at;
  return static_cast<std::size_t>(at - begin);
}

}  // namespace

void PieceEncoder::AppendSpaceSymbol(std::vector<std::uint32_t>* ids) const {
  for (const char c : kSpaceSymbol) {
    const int id = model_.PieceOfByte(static_cast<unsigned char>(c));
    Require(id >= 0, "{}", WhatIsLost(kSpaceSymbol, 0));
    ids->push_back(static_cast<std::uint32_t>(id));
  }
}

void PieceEncoder::EncodeDirectly(std::string_view text, bool decode,
                                  std::vector<std::uint32_t>* ids) {
  model_.Encode(text, &buffer_);
  const std::size_t covered = Covered(model_, text, buffer_);
  Require(covered == text.size(), "{}", WhatIsLost(text, covered));
  if (decode) {
    Require(model_.Decode(buffer_) == text, "{}", WhatIsLost(text, 0));
  }
  for (const int id : buffer_) ids->push_back(static_cast<std::uint32_t>(id));
}

void PieceEncoder::EncodeWord(std::string_view word,
                              std::vector<std::uint32_t>* ids) {
  if (word.size() > kLongestCached) {
    return EncodeDirectly(word, /*decode=*/true, ids);
  }
  const auto found = cache_.find(word);
  if (found != cache_.end()) {
    const auto* begin = cached_ids_.data() + found->second.begin;
    ids->insert(ids->end(), begin, begin + found->second.size);
    return;
  }
  if (cache_.size() >= kMostCached) {
    cache_.clear();
    cached_ids_.clear();
  }
  const std::size_t before = ids->size();
  EncodeDirectly(word, units_ % kDecodeEvery == 0, ids);
  const Cached cached{static_cast<std::uint32_t>(cached_ids_.size()),
                      static_cast<std::uint32_t>(ids->size() - before)};
  cached_ids_.insert(cached_ids_.end(),
                     ids->begin() + static_cast<std::ptrdiff_t>(before),
                     ids->end());
  cache_.emplace(word, cached);
}

void PieceEncoder::EncodePlain(std::string_view text,
                               std::vector<std::uint32_t>* ids) {
  if (!model_.words_apart()) {
    return EncodeDirectly(text, units_ % kDecodeEvery == 0, ids);
  }
  while (!text.empty()) {
    const std::size_t length = WordLength(text);
    EncodeWord(text.substr(0, length), ids);
    text.remove_prefix(length);
  }
}

void PieceEncoder::Encode(std::string_view unit,
                          std::vector<std::uint32_t>* ids) {
  ++units_;
  std::string_view rest = unit;
  try {
    while (!rest.empty()) {
      const std::size_t symbol = rest.find(kSpaceSymbol);
      if (symbol != 0) EncodePlain(rest.substr(0, symbol), ids);
      if (symbol == std::string_view::npos) return;
      AppendSpaceSymbol(ids);
      rest.remove_prefix(symbol + kSpaceSymbol.size());
    }
  } catch (const Error&) {
    // A word knows its own bytes only.
    const std::size_t valid = ValidUtf8Prefix(unit).size();
    if (valid < unit.size()) throw Error(WhatIsLost(unit, valid));
    throw;
  }
}

std::vector<std::uint32_t> PieceEncoder::Encode(
    const TextPiece& piece, const std::vector<std::filesystem::path>& files) {
  std::vector<std::uint32_t> ids;
  ids.reserve(piece.text.size() / 3);
  for (const TextUnit& unit : piece.units) {
    try {
      Encode(piece.TextOf(unit), &ids);
    } catch (const Error& error) {
      throw Error(fmt::format(
          "{}:{}: {}", files[static_cast<std::size_t>(unit.file)].string(),
          unit.line, error.what()));
    }
    if (unit.ends_document) {
      ids.push_back(static_cast<std::uint32_t>(model_.end_of_text()));
    }
  }
  return ids;
}

}  // namespace isoflop
