#include "analysis/table/cell.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::array<std::string_view, 9> kNoValue = {
    "", "na", "n/a", "#n/a", "<na>", "nan", "null", "nil", "none"};

/// Doubles are whole up to here without gaps.
constexpr double kLargestWhole = 9007199254740992.0;

char LowerCase(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Returns what the letter behind a number stands for; 0 where it is no unit.
double UnitOf(char letter) {
  switch (LowerCase(letter)) {
    case 'k':
      return 1e3;
    case 'm':
      return 1e6;
    case 'b':
    case 'g':
      return 1e9;
    case 't':
      return 1e12;
    default:
      return 0.0;
  }
}

}  // namespace

bool IsOneOf(std::string_view cell, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return std::ranges::equal(cell, word, {}, LowerCase);
  });
}

bool IsAbsent(std::string_view cell) { return IsOneOf(cell, kNoValue); }

std::optional<double> NumberOf(std::string_view cell) {
  if (const auto plain = ParseNumber<double>(cell)) return plain;
  if (cell.empty()) return std::nullopt;
  const double unit = UnitOf(cell.back());
  if (unit == 0.0) return std::nullopt;
  cell.remove_suffix(1);
  while (cell.ends_with(' ')) cell.remove_suffix(1);
  const auto number = ParseNumber<double>(cell);
  if (!number) return std::nullopt;
  return *number * unit;
}

std::optional<std::int64_t> WholeNumberOf(std::string_view cell) {
  if (const auto whole = ParseNumber<std::int64_t>(cell)) return whole;
  const auto number = ParseNumber<double>(cell);
  const bool exact = number && std::abs(*number) <= kLargestWhole &&
                     *number == std::floor(*number);
  if (!exact) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::string NumberAdvice(std::string_view cell) {
  std::string plain(cell);
  std::erase_if(plain, [](char c) { return c == ',' || c == '_' || c == ' '; });
  if (plain == cell || !ParseNumber<double>(plain)) return {};
  return " (write numbers without separators, and decimals with a point)";
}

bool SameValue(std::string_view a, std::string_view b) {
  if (a == b || (IsAbsent(a) && IsAbsent(b))) return true;
  const auto x = NumberOf(a);
  const auto y = NumberOf(b);
  return x && y && *x == *y;
}

}  // namespace isoflop
