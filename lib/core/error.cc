#include "lib/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace isoflop {
namespace {

/// what() ends at a NUL.
std::string WithoutNul(std::string message) {
  for (std::size_t at = message.find('\0'); at != std::string::npos;
       at = message.find('\0', at)) {
    message.replace(at, 1, "\\x00");
  }
  return message;
}

/// "1,999"
std::string WithCommas(std::size_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

/// Appends the word to the kind, as 0 where it has digits, and empties it.
void EndWord(std::string* word, std::string* kind) {
  const bool number = std::ranges::any_of(
      *word, [](unsigned char c) { return std::isdigit(c) != 0; });
  *kind += number ? "0" : *word;
  word->clear();
}

/// Whether c begins a quotation after `word`, or ends that of `quote`.
bool Quotes(char c, char quote, const std::string& word) {
  if (quote != '\0') return c == quote;
  return c == '"' || (c == '\'' && word.empty());
}

/// What a message has in common with others of its kind: all of it but what was
/// got, and words with digits.
std::string ErrorKindOf(std::string_view message) {
  constexpr std::string_view kBetween = " ,:;([";
  std::string kind;
  std::string word;
  char quote = '\0';
  for (const char c : message) {
    if (Quotes(c, quote, word)) {
      if (quote == c && kind.ends_with("got ")) word.clear();
      EndWord(&word, &kind);
      quote = quote == c ? '\0' : c;
    } else if (quote == '\0' && kBetween.find(c) != kBetween.npos) {
      EndWord(&word, &kind);
      kind += c;
    } else {
      word += c;
    }
  }
  EndWord(&word, &kind);
  return kind;
}

/// The messages, but of a kind that has many only the first and a number.
std::vector<std::string> OneOfEachKind(
    const std::vector<std::string>& messages) {
  constexpr std::size_t kMany = 10;
  std::map<std::string, std::size_t> counts;
  for (const std::string& message : messages) ++counts[ErrorKindOf(message)];
  std::vector<std::string> said;
  for (const std::string& message : messages) {
    std::size_t& count = counts[ErrorKindOf(message)];
    if (count == 0) continue;
    said.push_back(message);
    if (count <= kMany) continue;
    said.push_back(fmt::format("and {} more like it", WithCommas(count - 1)));
    count = 0;
  }
  return said;
}

}  // namespace

Error::Error(const std::string& message)
    : std::runtime_error(WithoutNul(message)) {}

void Problems::Add(const std::string& where, const std::string& what) {
  messages_.push_back(where.empty() ? what : where + ": " + what);
}

void Problems::ThrowIfAny() const {
  if (empty()) return;
  std::vector<std::string> different;
  std::set<std::string_view> said;
  for (const std::string& message : messages_) {
    if (said.insert(message).second) different.push_back(message);
  }
  throw Error(fmt::format("{}", fmt::join(OneOfEachKind(different), "\n")));
}

void CheckPositive(const char* name, double value, Problems* problems) {
  if (std::isfinite(value) && value > 0.0) return;
  problems->Add(name, fmt::format("must be above 0, got {}", value));
}

void CheckRange(const char* name, int value, int highest, Problems* problems) {
  if (0 <= value && value <= highest) return;
  problems->Add(name,
                fmt::format("must be from 0 to {}, got {}", highest, value));
}

}  // namespace isoflop
