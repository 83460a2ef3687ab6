#include "lib/core/arithmetic.h"

#include <fmt/format.h>

#include "lib/core/quote.h"

namespace isoflop {

Arithmetic ArithmeticFromJson(const Json& json, const std::string& path,
                              Problems* problems) {
  Arithmetic arithmetic;
  if (!json.is_object()) {
    problems->Add(path, "must be an object, got " + Quoted(json));
    return arithmetic;
  }
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) {
      arithmetic[name] = value.get<std::string>();
    } else {
      problems->Add(fmt::format("{}.{}", path, name),
                    "must be a text, got " + Quoted(value));
    }
  }
  return arithmetic;
}

std::string DifferenceInWords(const Arithmetic& before, const Arithmetic& now) {
  std::string words;
  for (const auto& [name, value] : before) {
    const auto found = now.find(name);
    if (found == now.end() || found->second == value) continue;
    if (!words.empty()) words += "; ";
    words += fmt::format("{} {}, now {}", name, value, found->second);
  }
  return words;
}

}  // namespace isoflop
