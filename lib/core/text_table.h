// A table of text for a terminal.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace isoflop {

/// Its first column is left-aligned, the others right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);

  /// REQUIRES: as many cells as the header has.
  void AddRow(std::vector<std::string> cells);

  /// Returns the lines, each ended by '\n'. A table that would be wider than
  /// `width` has its header in several lines; then what is too long of the
  /// first column is shortened, but never so that cells which differ look the
  /// same: for their sake a line may be longer.
  std::string ToString(std::size_t width = 100) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace isoflop
