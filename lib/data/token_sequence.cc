#include "lib/data/token_sequence.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace isoflop {
namespace {

static_assert(std::endian::native == std::endian::little,
              "token files are little-endian and read as they lie");

template <typename Token>
void Widen(const std::byte* data, std::int64_t begin,
           std::span<std::int32_t> out) {
  const std::byte* at = data + begin * std::int64_t{sizeof(Token)};
  for (std::int32_t& token : out) {
    Token value;
    std::memcpy(&value, at, sizeof value);  // the data need not be aligned
    token = static_cast<std::int32_t>(value);
    at += sizeof value;
  }
}

}  // namespace

void TokenSequence::Append(std::span<const std::byte> bytes, TokenWidth width,
                           std::string_view name, std::int64_t offset) {
  const std::int64_t tokens = std::ssize(bytes) / static_cast<int>(width);
  assert(tokens * static_cast<int>(width) == std::ssize(bytes));
  if (tokens == 0) return;
  pieces_.push_back({.data = bytes.data(),
                     .begin = size_,
                     .size = tokens,
                     .width = width,
                     .name = name,
                     .offset = offset});
  size_ += tokens;
}

std::size_t TokenSequence::PieceAt(std::int64_t position) const {
  assert(0 <= position && position < size_);
  const auto after =
      std::ranges::upper_bound(pieces_, position, {}, &Piece::begin);
  return static_cast<std::size_t>(after - pieces_.begin()) - 1;
}

void TokenSequence::Read(std::int64_t begin,
                         std::span<std::int32_t> out) const {
  assert(begin + std::ssize(out) <= size_);
  if (out.empty()) return;  // the end, too, has nothing to read
  for (std::size_t i = PieceAt(begin); !out.empty(); ++i) {
    const Piece& piece = pieces_[i];
    const std::int64_t offset = begin - piece.begin;
    const auto count = static_cast<std::size_t>(
        std::min(piece.size - offset, static_cast<std::int64_t>(out.size())));
    switch (piece.width) {
      case TokenWidth::kByte:
        Widen<std::uint8_t>(piece.data, offset, out.first(count));
        break;
      case TokenWidth::kUint16:
        Widen<std::uint16_t>(piece.data, offset, out.first(count));
        break;
      case TokenWidth::kUint32:
        Widen<std::uint32_t>(piece.data, offset, out.first(count));
        break;
    }
    out = out.subspan(count);
    begin += static_cast<std::int64_t>(count);
  }
}

std::string TokenSequence::Locate(std::int64_t position) const {
  const Piece& piece = pieces_[PieceAt(position)];
  return fmt::format("{}: token {}", piece.name,
                     piece.offset + position - piece.begin);
}

}  // namespace isoflop
