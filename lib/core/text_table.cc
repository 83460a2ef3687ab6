#include "lib/core/text_table.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include "lib/core/printable.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

using Row = std::vector<std::string>;

std::vector<std::size_t> WidthsOf(std::span<const Row> rows,
                                  std::size_t columns) {
  std::vector<std::size_t> widths(columns, 0);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  }
  return widths;
}

std::size_t TotalOf(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1));
}

/// The words in at most so many lines, no narrower than `width` and no wider
/// than that takes.
std::vector<std::string> Stacked(std::string_view words, std::size_t lines,
                                 std::size_t width) {
  for (;; ++width) {
    const std::string wrapped = WrapText("", words, width);
    if (static_cast<std::size_t>(std::ranges::count(wrapped, '\n')) > lines) {
      continue;
    }
    std::vector<std::string> stacked;
    for (const TextLine& line : NonBlankLines(wrapped)) {
      stacked.emplace_back(line.text);
    }
    return stacked;
  }
}

/// A header in at most so many lines, the last ones filled first.
std::vector<Row> StackedHeader(const Row& header, std::size_t most,
                               const std::vector<std::size_t>& widths) {
  std::vector<std::vector<std::string>> columns;
  std::size_t lines = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    columns.push_back(Stacked(header[i], most, widths[i]));
    lines = std::max(lines, columns.back().size());
  }
  std::vector<Row> rows(lines, Row(header.size()));
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::size_t above = lines - columns[i].size();
    for (std::size_t k = 0; k < columns[i].size(); ++k) {
      rows[above + k][i] = columns[i][k];
    }
  }
  return rows;
}

/// In each place the larger of the two.
std::vector<std::size_t> Larger(std::vector<std::size_t> a,
                                const std::vector<std::size_t>& b) {
  std::ranges::transform(a, b, a.begin(), [](std::size_t x, std::size_t y) {
    return std::max(x, y);
  });
  return a;
}

/// The header in as few lines as the width allows above cells of such widths.
std::vector<Row> HeaderWithin(std::size_t width, const Row& header,
                              const std::vector<std::size_t>& cells) {
  constexpr std::size_t kMostLines = 4;
  std::vector<Row> rows{header};
  for (std::size_t lines = 2; lines <= kMostLines; ++lines) {
    if (TotalOf(Larger(WidthsOf(rows, header.size()), cells)) <= width) break;
    rows = StackedHeader(header, lines, cells);
  }
  return rows;
}

/// The column of names is as wide as the others leave room for.
std::size_t NameWidth(const std::vector<std::size_t>& widths,
                      std::size_t width) {
  constexpr std::size_t kNarrowest = 8;
  const std::size_t total = TotalOf(widths);
  if (total <= width) return widths[0];
  const std::size_t excess = total - width;
  const std::size_t left = widths[0] > excess ? widths[0] - excess : 0;
  return std::min(widths[0], std::max(left, kNarrowest));
}

std::string Padded(std::string_view cell, std::size_t width, bool left) {
  const std::size_t used = DisplayWidth(cell);
  const std::string space(width > used ? width - used : 0, ' ');
  return left ? std::string(cell) + space : space + std::string(cell);
}

/// One row, ended by '\n'; a first cell that is too long on a line of its own.
std::string LineOf(const Row& row, const std::vector<std::size_t>& widths,
                   std::size_t width) {
  const bool fits = DisplayWidth(row[0]) <= widths[0];
  std::string line = Padded(fits ? row[0] : "", widths[0], true);
  for (std::size_t i = 1; i < row.size(); ++i) {
    line += "  " + Padded(row[i], widths[i], false);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return (fits ? "" : WrapText("", row[0], width)) + line + "\n";
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header) {
  AddLine(std::move(header));
}

void TextTable::AddRow(std::vector<std::string> cells) {
  assert(cells.size() == rows_.front().size());
  AddLine(std::move(cells));
}

void TextTable::AddLine(Row cells) {
  for (std::string& cell : cells) cell = PrintableLine(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToString(std::size_t width) const {
  const Row& header = rows_.front();
  const auto cells = std::span(rows_).subspan(1);
  auto widths = WidthsOf(cells, header.size());
  const std::vector<Row> headers = HeaderWithin(width, header, widths);
  widths = Larger(std::move(widths), WidthsOf(headers, header.size()));
  widths[0] = NameWidth(widths, width);
  std::string text;
  text.reserve((headers.size() + cells.size()) * (TotalOf(widths) + 1));
  for (const Row& row : headers) text += LineOf(row, widths, width);
  for (const Row& row : cells) text += LineOf(row, widths, width);
  return text;
}

}  // namespace isoflop
