// Comma-separated values as RFC 4180 has them, and as spreadsheets write them:
// quotes, Windows line ends, a byte-order mark.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// One record with the line (counted from 1) on which it begins.
struct CsvRow {
  int line = 0;
  std::vector<std::string> cells;
};

/// Splits `text` into rows; blank lines are passed over, and white space around
/// an unquoted cell is dropped. `source` names the text in messages. Throws
/// Error for a quote that is never closed, and for text after a closing quote.
std::vector<CsvRow> ParseCsv(std::string_view text, const std::string& source);

/// Returns `cell`, quoted if it has to be.
std::string CsvCell(std::string_view cell);

}  // namespace isoflop
