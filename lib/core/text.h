// Words and numbers of people, and for them: counts, durations, suggestions,
// lists.

#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// Returns a count with three significant digits and a unit: "4.22k", "26.6M",
/// "1.31T"; below 1,000 the number itself; from 1e15 on "1.00e+15".
std::string FormatCount(double count);

/// Returns a duration as "8 s", "4 min 05 s", "3 h 12 min" or "2 d 04 h".
std::string FormatDuration(double seconds);

/// Returns a size as "512 B", "1.5 KiB", "12.0 MiB" or "3.2 GiB".
std::string FormatBytes(double bytes);

/// Returns "1 run" or "3 runs".
template <std::integral Count>
std::string Counted(Count count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) +
         (count == 1 ? "" : "s");
}

/// Returns the number that the whole of `text` is, a plus sign in front
/// allowed; nothing where it is none. Number is double or std::int64_t.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text);

/// Returns the pieces between the commas, one more than there are commas.
std::vector<std::string> SplitAtCommas(std::string_view text);

/// Returns the candidate nearest to `word` by edit distance, if one is near
/// enough to be what was meant.
std::optional<std::string> NearestWord(
    std::string_view word, const std::vector<std::string_view>& candidates);

/// Returns " (did you mean 'context'?)" or nothing.
std::string Suggestion(std::string_view word,
                       const std::vector<std::string_view>& candidates);
std::string Suggestion(std::string_view word,
                       const std::vector<std::string>& candidates);

/// Returns `text`, of which only the first `longest` bytes and "..." when it is
/// longer; no character of UTF-8 is cut in two.
std::string Shortened(std::string_view text, std::size_t longest = 60);

/// Returns the words with commas between them, of which only the first `most`,
/// and " and 3 more", when they are more.
std::string ShortList(std::span<const std::string> words,
                      std::size_t most = 20);

/// A line of a text, without its end.
struct TextLine {
  int number = 0;  // counted from 1
  std::string_view text;
};

/// Returns the lines that hold more than white space.
std::vector<TextLine> NonBlankLines(std::string_view text);

/// Returns PrintableLine(text), broken at spaces into lines of at most `width`
/// columns, each ended by '\n'. The first line begins with `prefix`, the others
/// with as many spaces. A word too long for a line has one to itself, whole.
std::string WrapText(std::string_view prefix, std::string_view text,
                     std::size_t width);

}  // namespace isoflop
