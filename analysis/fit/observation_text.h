// The text of an observation file before and after it is rows: whether it is
// text at all, and how little of it a message repeats.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace isoflop {

/// Returns `text` without a byte-order mark. Throws Error, with the line, for
/// UTF-16, for other bytes that are no UTF-8, and for NUL.
std::string_view RequirePlainText(std::string_view text,
                                  const std::string& source);

/// Returns `text` with "\n" for every "\r\n" and every lone "\r".
std::string WithUnixLineEnds(std::string_view text);

/// Returns `text`, of which only the beginning when it is long.
std::string Shortened(std::string_view text);

/// Returns the words with commas between them, of which only the first when
/// they are many, and how many more there are.
std::string ShortList(std::span<const std::string> words);

}  // namespace isoflop
