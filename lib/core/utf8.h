// Whether bytes are UTF-8 text, and what may be in the way of reading it as
// such: a mark before it, other line ends.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace isoflop {

/// Returns how many bytes the character takes that `text` begins with, 1 to 4;
/// 0 when it is none. REQUIRES: `text` is not empty.
std::size_t CharacterLength(std::string_view text);

/// Returns the longest beginning of `text` that is well-formed UTF-8: no stray
/// or missing continuation byte, no overlong form, no surrogate, nothing above
/// U+10FFFF. NUL is well-formed.
/// Source: RFC 3629, section 4.
std::string_view ValidUtf8Prefix(std::string_view text);

/// Returns how many columns of a terminal the text takes: characters, not
/// bytes.
std::size_t DisplayWidth(std::string_view text);

/// Returns the text without the byte-order mark that it may begin with.
std::string_view WithoutByteOrderMark(std::string_view text);

/// Returns `text` without a byte-order mark. Throws Error, naming `source`, for
/// what NoPlainText knows (file_kind.h: UTF-16, gzip, ...), and, naming the
/// line too, for other bytes that are no UTF-8, and for NUL.
std::string_view RequirePlainText(std::string_view text,
                                  const std::string& source);

/// Returns `text` with "\n" for every "\r\n" and every lone "\r".
std::string WithUnixLineEnds(std::string_view text);

}  // namespace isoflop
