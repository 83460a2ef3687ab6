#include "lib/core/quote.h"

#include <cstddef>

#include "lib/core/utf8.h"

namespace isoflop {

std::string Quoted(const Json& json) {
  // A name or a path is whole, a structure is not needed in full.
  const std::size_t longest = json.is_string() ? 300 : 60;
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() <= longest) return text;
  std::size_t end = longest - 3;
  // Not within the bytes of one character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end) + "...";
}

bool IsUtf8(std::string_view text) {
  return ValidUtf8Prefix(text).size() == text.size();
}

std::string InFile(const std::string& file, std::string_view message) {
  std::string text = file + ": ";
  for (const char c : message) {
    text += c;
    if (c == '\n') text += file + ": ";
  }
  return text;
}

}  // namespace isoflop
