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
  /// `width` has its header in several lines; where that is not enough, long
  /// cells of the first column stand whole on a line of their own, above the
  /// rest of their row. What a terminal would obey is written out.
  std::string ToString(std::size_t width = 100) const;

 private:
  using Row = std::vector<std::string>;
  void AddLine(Row cells);

  std::vector<Row> rows_;
};

}  // namespace isoflop
