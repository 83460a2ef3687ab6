#include "lib/core/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "lib/core/error.h"
#include "lib/core/file_kind.h"

namespace isoflop {
namespace {

/// What may follow a leading byte: how many bytes in all, and the range of the
/// second, which rules out overlong forms, surrogates and too large values.
struct Lead {
  std::size_t length = 0;  // 0: no leading byte
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) return {.length = 1};
  if (byte < 0xC2) return {};
  if (byte < 0xE0) return {.length = 2};
  if (byte == 0xE0) return {.length = 3, .low = 0xA0};
  if (byte == 0xED) return {.length = 3, .high = 0x9F};
  if (byte < 0xF0) return {.length = 3};
  if (byte == 0xF0) return {.length = 4, .low = 0x90};
  if (byte < 0xF4) return {.length = 4};
  if (byte == 0xF4) return {.length = 4, .high = 0x8F};
  return {};
}

}  // namespace

std::size_t CharacterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const Lead lead = LeadOf(byte(0));
  if (lead.length > text.size()) return 0;
  if (lead.length > 1 && (byte(1) < lead.low || byte(1) > lead.high)) return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return lead.length;
}

std::string_view ValidUtf8Prefix(std::string_view text) {
  std::size_t valid = 0;
  while (valid < text.size()) {
    const std::size_t length = CharacterLength(text.substr(valid));
    if (length == 0) break;
    valid += length;
  }
  return text.substr(0, valid);
}

std::size_t DisplayWidth(std::string_view text) {
  // A continuation byte takes no column.
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

std::string_view RequirePlainText(std::string_view text,
                                  const std::string& source) {
  if (const auto kind = NoPlainText(text)) {
    throw Error(fmt::format("{}: {}", source, InWords(*kind)));
  }
  text = WithoutByteOrderMark(text);
  const std::size_t valid = ValidUtf8Prefix(text).size();
  const std::size_t bad = std::min(valid, text.find('\0'));
  if (bad >= text.size()) return text;
  const auto line = 1 + std::ranges::count(text.substr(0, bad), '\n');
  Require(text[bad] != '\0',
          "{}:{}: a NUL byte: not text, or UTF-16; save it as UTF-8", source,
          line);
  throw Error(fmt::format("{}:{}: byte 0x{:02X} is no UTF-8: save it as UTF-8",
                          source, line, static_cast<unsigned char>(text[bad])));
}

std::string WithUnixLineEnds(std::string_view text) {
  std::string unix_text;
  unix_text.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      unix_text += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      unix_text += '\n';
    }
  }
  return unix_text;
}

}  // namespace isoflop
