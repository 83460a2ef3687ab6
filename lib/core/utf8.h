// Whether bytes are UTF-8 text, and the mark that may stand before it.

#pragma once

#include <string_view>

namespace isoflop {

/// Returns the longest beginning of `text` that is well-formed UTF-8: no stray
/// or missing continuation byte, no overlong form, no surrogate, nothing above
/// U+10FFFF. NUL is well-formed.
/// Source: RFC 3629, section 4.
std::string_view ValidUtf8Prefix(std::string_view text);

/// Returns the text without the byte-order mark that it may begin with.
std::string_view WithoutByteOrderMark(std::string_view text);

}  // namespace isoflop
