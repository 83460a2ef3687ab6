#include "lib/core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "lib/core/utf8.h"

namespace isoflop {
namespace {

struct Characters {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// What is obeyed instead of shown, above ASCII.
constexpr std::array<Characters, 7> kObeyed = {{{0x80, 0x9F},  // C1
                                                {0x061C, 0x061C},
                                                {0x200E, 0x200F},
                                                {0x2028, 0x2029},
                                                {0x202A, 0x202E},
                                                {0x2066, 0x2069},
                                                {0xFFF9, 0xFFFB}}};

bool IsObeyed(std::uint32_t character) {
  if (character < 0x20 || character == 0x7F) return true;
  return std::ranges::any_of(kObeyed, [&](const Characters& range) {
    return range.first <= character && character <= range.last;
  });
}

/// REQUIRES: `bytes` is one character of UTF-8.
std::uint32_t Decode(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return first;
  // As many leading ones as there are bytes, then a zero.
  std::uint32_t character = first & (0x7FU >> bytes.size());
  for (const char byte : bytes.substr(1)) {
    character = character << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  return character;
}

/// Appends `text`; `write` puts in the place of a character what it returns, or
/// nothing to let it pass. Bytes that are no UTF-8 come to it one by one, as
/// characters from 0x110000 on.
template <typename Write>
std::string WithWrittenOut(std::string_view text, const Write& write) {
  std::string written;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++at;
      continue;
    }
    const std::size_t length = CharacterLength(text.substr(at));
    const std::uint32_t character =
        length == 0 ? 0x110000U + byte : Decode(text.substr(at, length));
    const std::string instead = write(character);
    const std::size_t next = at + std::max<std::size_t>(length, 1);
    if (!instead.empty()) {
      written.append(text, copied, at - copied).append(instead);
      copied = next;
    }
    at = next;
  }
  return written.append(text, copied);
}

std::string WrittenOut(std::uint32_t character) {
  if (character >= 0x110000) return fmt::format("\\x{:02x}", character & 0xFF);
  if (!IsObeyed(character)) return {};
  if (character < 0x80) return fmt::format("\\x{:02x}", character);
  return fmt::format("\\u{:04x}", character);
}

}  // namespace

std::string Printable(std::string_view text) {
  return WithWrittenOut(text, [](std::uint32_t character) {
    if (character == '\n' || character == '\t') return std::string();
    return WrittenOut(character);
  });
}

std::string PrintableLine(std::string_view text) {
  return WithWrittenOut(text, [](std::uint32_t character) {
    if (character == '\n') return std::string("\\n");
    if (character == '\t') return std::string("\\t");
    return WrittenOut(character);
  });
}

std::string PrintableJson(std::string_view json) {
  return WithWrittenOut(json, [](std::uint32_t character) {
    if (character < 0x7F || !IsObeyed(character)) return std::string();
    return fmt::format("\\u{:04x}", character);
  });
}

}  // namespace isoflop
