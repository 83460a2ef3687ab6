#include "analysis/fit/observation_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

constexpr std::size_t kLongestShown = 60;  // bytes of a cell or a name
constexpr std::size_t kMostShown = 20;     // names of a list

bool IsUtf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

}  // namespace

std::string_view RequirePlainText(std::string_view text,
                                  const std::string& source) {
  Require(!IsUtf16(text), "{}: is UTF-16: save it as UTF-8", source);
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

std::string Shortened(std::string_view text) {
  if (text.size() <= kLongestShown) return std::string(text);
  return std::string(ValidUtf8Prefix(text.substr(0, kLongestShown))) + "...";
}

std::string ShortList(std::span<const std::string> words) {
  const auto shown = words.first(std::min(words.size(), kMostShown));
  std::string list = fmt::format("{}", fmt::join(shown, ", "));
  if (shown.size() < words.size()) {
    list += fmt::format(" and {} more", words.size() - shown.size());
  }
  return list;
}

}  // namespace isoflop
