#include "lib/core/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "lib/core/printable.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

/// Levenshtein's distance, from one row of its table to the next.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string FormatCount(double count) {
  constexpr std::array<const char*, 5> kUnits = {"", "k", "M", "G", "T"};
  double scaled = count;
  std::size_t unit = 0;
  // What would be rounded to 1000 takes the next unit.
  while (std::abs(scaled) >= 999.5 && unit + 1 < kUnits.size()) {
    scaled /= 1000.0;
    ++unit;
  }
  if (std::abs(scaled) >= 999.5 || !std::isfinite(count)) {
    return fmt::format("{:.2e}", count);
  }
  if (unit == 0) return fmt::format("{:.4g}", count);
  // Three digits, whatever the size.
  const int decimals =
      std::abs(scaled) < 9.995 ? 2 : (std::abs(scaled) < 99.95 ? 1 : 0);
  return fmt::format("{:.{}f}{}", scaled, decimals, kUnits[unit]);
}

std::string FormatDuration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) {
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  }
  if (whole < 86400) {
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  }
  return fmt::format("{} d {:02} h", whole / 86400, whole % 86400 / 3600);
}

std::string FormatBytes(double bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB",
                                                 "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024.0 && unit + 1 < kUnits.size()) {
    bytes /= 1024.0;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, kUnits[unit]);
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  // std::from_chars takes a minus sign, but no plus.
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

template std::optional<double> ParseNumber(std::string_view);
template std::optional<std::int64_t> ParseNumber(std::string_view);

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> pieces;
  // Up to the end itself: an empty piece there counts, and can be refused.
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    pieces.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return pieces;
}

std::optional<std::string> NearestWord(
    std::string_view word, const std::vector<std::string_view>& candidates) {
  std::optional<std::string> nearest;
  std::size_t best = word.size() / 3 + 2;  // further away is another word
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = std::string(candidate);
    }
  }
  return nearest;
}

std::string Suggestion(std::string_view word,
                       const std::vector<std::string_view>& candidates) {
  const auto nearest = NearestWord(word, candidates);
  return nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : "";
}

std::string Suggestion(std::string_view word,
                       const std::vector<std::string>& candidates) {
  return Suggestion(word, std::vector<std::string_view>(candidates.begin(),
                                                        candidates.end()));
}

std::string Shortened(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return std::string(text);
  return std::string(ValidUtf8Prefix(text.substr(0, longest))) + "...";
}

std::string ShortList(std::span<const std::string> words, std::size_t most) {
  const auto shown = words.first(std::min(words.size(), most));
  std::string list = fmt::format("{}", fmt::join(shown, ", "));
  if (shown.size() < words.size()) {
    list += fmt::format(" and {} more", words.size() - shown.size());
  }
  return list;
}

std::vector<TextLine> NonBlankLines(std::string_view text) {
  std::vector<TextLine> lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    lines.push_back({number, line});
  }
  return lines;
}

std::string WrapText(std::string_view prefix, std::string_view words,
                     std::size_t width) {
  const std::string text = PrintableLine(words);
  const std::string margin(DisplayWidth(prefix), ' ');
  std::string lines;
  std::string line(prefix);
  bool empty = true;  // of words
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const auto word = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (word.empty()) continue;
    if (!empty && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
      lines += line + "\n";
      line = margin;
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return lines + line + "\n";
}

}  // namespace isoflop
