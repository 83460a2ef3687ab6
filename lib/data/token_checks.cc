#include "lib/data/token_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace isoflop {
namespace {

using Bytes = std::span<const std::byte>;

/// So few say nothing about their width.
constexpr std::int64_t kFewestTokens = 32;

template <typename Token>
Token TokenAt(Bytes bytes, std::int64_t index) {
  Token token;
  std::memcpy(&token, bytes.data() + index * std::int64_t{sizeof token},
              sizeof token);
  return token;
}

template <typename Token>
std::optional<OutsideToken> FindAtLeast(Bytes bytes, std::int64_t bound) {
  const std::int64_t count = std::ssize(bytes) / std::int64_t{sizeof(Token)};
  for (std::int64_t i = 0; i < count; ++i) {
    const auto token = TokenAt<Token>(bytes, i);
    if (std::int64_t{token} >= bound) return {{.index = i, .token = token}};
  }
  return std::nullopt;
}

std::optional<OutsideToken> FindAtLeast(Bytes bytes, TokenWidth width,
                                        std::int64_t bound) {
  switch (width) {
    case TokenWidth::kByte:
      return FindAtLeast<std::uint8_t>(bytes, bound);
    case TokenWidth::kUint16:
      return FindAtLeast<std::uint16_t>(bytes, bound);
    case TokenWidth::kUint32:
      break;
  }
  return FindAtLeast<std::uint32_t>(bytes, bound);
}

/// The largest of the tokens whose number is 0, 1, 2 and 3 modulo 4.
using Lanes = std::array<std::uint32_t, 4>;

template <typename Token>
void RaiseLargest(Bytes bytes, std::int64_t first, Lanes* largest) {
  const std::int64_t count = std::ssize(bytes) / std::int64_t{sizeof(Token)};
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t& of_lane =
        (*largest)[static_cast<std::size_t>((first + i) % 4)];
    of_lane = std::max<std::uint32_t>(of_lane, TokenAt<Token>(bytes, i));
  }
}

Lanes LargestOf(const TokenFile& file, Inspection inspection) {
  Lanes largest{};
  for (const Bytes part : InspectedParts(file.tokens(), inspection)) {
    const std::int64_t first =
        (part.data() - file.tokens().data()) / static_cast<int>(file.width());
    if (file.width() == TokenWidth::kUint16) {
      RaiseLargest<std::uint16_t>(part, first, &largest);
    } else {
      RaiseLargest<std::uint32_t>(part, first, &largest);
    }
  }
  return largest;
}

std::string Wide(const char* what, const char* type, const char* way_out) {
  return fmt::format("{}: these are {} ids read as narrower ones; {}", what,
                     type, way_out);
}

constexpr const char* kWriteUint32 =
    "write them as uint32: numpy.fromfile(f, '<i8').astype('<u4').tofile(g)";
constexpr const char* kSwap =
    "write them as little-endian: numpy.fromfile(f, '>u4').astype('<u4')"
    ".tofile(g)";

std::string MisreadUint16(const Lanes& largest) {
  // The high halves of the ids of a vocabulary of up to a million.
  constexpr std::uint32_t kHighHalf = 15;
  constexpr std::uint32_t kLowHalf = 4096;
  const auto& [a, b, c, d] = largest;
  if (b + c + d == 0) {
    return Wide("three of every four tokens are 0", "int64", kWriteUint32);
  }
  if (b + d == 0 ||
      (std::max(b, d) <= kHighHalf && std::min(a, c) >= kLowHalf)) {
    return Wide(b + d == 0 ? "every second token is 0"
                           : "every second token is next to 0",
                "uint32", "set data.format to uint32");
  }
  if (a + c == 0) {
    return Wide("the first of every two tokens is 0", "big-endian uint32",
                kSwap);
  }
  return {};
}

std::string MisreadUint32(const Lanes& largest) {
  const auto& [a, b, c, d] = largest;
  if (b + d == 0) return Wide("every second token is 0", "int64", kWriteUint32);
  if (a + c == 0) {
    return Wide("the first of every two tokens is 0", "big-endian int64",
                "write them as little-endian uint32");
  }
  return {};
}

/// Whether all inspected tokens are below a bound when read as Token, the bytes
/// of each in the other order where `swapped`.
template <typename Token>
bool AllBelow(const TokenFile& file, std::int64_t bound, bool swapped,
              Inspection inspection) {
  if (file.tokens().size() % sizeof(Token) != 0) return false;
  for (const Bytes part : InspectedParts(file.tokens(), inspection)) {
    const std::int64_t count = std::ssize(part) / std::int64_t{sizeof(Token)};
    for (std::int64_t i = 0; i < count; ++i) {
      std::array<std::byte, sizeof(Token)> bytes;
      std::memcpy(bytes.data(), part.data() + i * std::ssize(bytes),
                  bytes.size());
      if (swapped) std::ranges::reverse(bytes);
      if (TokenAt<Token>(bytes, 0) >= static_cast<std::uint64_t>(bound)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::optional<OutsideToken> FindOutside(const TokenFile& file,
                                        std::int64_t vocab_size,
                                        Inspection inspection) {
  for (const Bytes part : InspectedParts(file.tokens(), inspection)) {
    auto found = FindAtLeast(part, file.width(), vocab_size);
    if (!found) continue;
    found->index +=
        (part.data() - file.tokens().data()) / static_cast<int>(file.width());
    return found;
  }
  return std::nullopt;
}

std::string MisreadTokens(const TokenFile& file, Inspection inspection) {
  if (!file.without_header() || file.size() < kFewestTokens) return {};
  const Lanes largest = LargestOf(file, inspection);
  if (*std::ranges::max_element(largest) == 0) {
    return "every token is 0: the file was made and never filled; write it "
           "again, or leave it out";
  }
  return file.width() == TokenWidth::kUint16 ? MisreadUint16(largest)
                                             : MisreadUint32(largest);
}

std::string OtherReading(const TokenFile& file, std::int64_t vocab_size,
                         Inspection inspection) {
  if (!file.without_header()) return {};
  const auto fits = [&]<typename Token>(Token, bool swapped) {
    return AllBelow<Token>(file, vocab_size, swapped, inspection);
  };
  const bool narrow = file.width() == TokenWidth::kUint16;
  // The halves of a wide id may well be ids themselves: the same width first.
  if (narrow && fits(std::uint32_t{}, false)) return "uint32";
  if (!narrow && fits(std::uint32_t{}, true)) return "big-endian uint32";
  if (!narrow && fits(std::uint16_t{}, false)) return "uint16";
  if (fits(std::uint16_t{}, true)) return "big-endian uint16";
  if (narrow && fits(std::uint32_t{}, true)) return "big-endian uint32";
  if (fits(std::uint64_t{}, false)) return "int64";
  return {};
}

}  // namespace isoflop
