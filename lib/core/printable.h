// Text as it may be shown. Names, cells, paths and messages come from anywhere,
// and a terminal obeys some of their characters: it moves the cursor, changes
// colours, or shows a line in another order than it is written.

#pragma once

#include <string>
#include <string_view>

namespace isoflop {

/// Returns `text` with everything written out that a terminal would obey:
/// control characters but newline and tab, which are layout (\x1b, and \x00 for
/// NUL), those above ASCII (\u009b), marks of direction (\u202e), separators of
/// lines and paragraphs (\u2028), and bytes that are no UTF-8 (\xff). A text
/// without them comes back as it is.
/// Source: Unicode 15, section 23.1 and annex 9 (bidirectional controls).
std::string Printable(std::string_view text);

/// Returns the same with newline and tab written out as well, \n and \t: for
/// what has to stay on one line, such as the cell of a table.
std::string PrintableLine(std::string_view text);

/// Returns JSON with the same characters written as \u007f, \u009b, \u202e:
/// the same JSON. REQUIRES: `json` is what a JSON library has written, so that
/// the control characters of its strings are escaped already.
std::string PrintableJson(std::string_view json);

}  // namespace isoflop
