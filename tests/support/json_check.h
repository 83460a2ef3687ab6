// What every file that a program writes keeps to, whatever its schema.

#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "lib/core/json.h"

namespace isoflop {

/// Returns where `json` has a null, which stands for a number that does not
/// exist ("/a/0/b"), or nothing.
inline std::string NullPlace(const Json& json, const std::string& path = "") {
  if (json.is_null()) return path.empty() ? "/" : path;
  if (!json.is_structured()) return {};
  std::size_t index = 0;
  for (const auto& item : json.items()) {
    const std::string key =
        json.is_object() ? item.key() : std::to_string(index++);
    std::string place = NullPlace(item.value(), path + "/" + key);
    if (!place.empty()) return place;
  }
  return {};
}

/// Returns whether `text` has "nan" or "inf" as a word: a number that was
/// printed though it does not exist.
inline bool HasNoNumber(std::string_view text) {
  const auto is_letter = [&](std::size_t i) {
    return i < text.size() &&
           std::isalnum(static_cast<unsigned char>(text[i])) != 0;
  };
  for (const std::string_view word : {"nan", "inf", "NaN", "Infinity"}) {
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
      if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size())) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace isoflop
