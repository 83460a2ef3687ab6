#include "lib/core/text_table.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <set>
#include <span>
#include <string_view>

#include "lib/core/text.h"
#include "lib/core/transformed.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

/// The first `width` characters of `text`, whole.
std::string_view Cut(std::string_view text, std::size_t width) {
  std::size_t size = text.size();
  while (DisplayWidth(text.substr(0, size)) > width) --size;
  return text.substr(0, size);
}

bool ContinuesCharacter(std::string_view text) {
  return !text.empty() && (text.front() & 0xc0) == 0x80;
}

/// The last `width` characters of `text`, whole.
std::string_view CutFront(std::string_view text, std::size_t width) {
  while (DisplayWidth(text) > width || ContinuesCharacter(text)) {
    text.remove_prefix(1);
  }
  return text;
}

/// What is left of a text that is shortened.
enum class Kept { kStart, kBothEnds, kEnd };

/// The text in `width` characters, ".." in place of what is left out.
std::string ShortenedTo(std::string_view text, std::size_t width, Kept kept) {
  if (DisplayWidth(text) <= width) return std::string(text);
  constexpr std::string_view kLeftOut = "..";
  const std::size_t whole = width - kLeftOut.size();
  const std::size_t at_end = kept == Kept::kStart      ? 0
                             : kept == Kept::kBothEnds ? whole / 2
                                                       : whole;
  return std::string(Cut(text, whole - at_end)) + std::string(kLeftOut) +
         std::string(CutFront(text, at_end));
}

std::size_t CountDifferent(const std::vector<std::string>& texts) {
  return std::set<std::string_view>(texts.begin(), texts.end()).size();
}

/// The texts in `width` characters, or as many as keep different ones apart.
std::vector<std::string> ShortenedApart(const std::vector<std::string>& texts,
                                        std::size_t width) {
  const std::size_t different = CountDifferent(texts);
  for (;; ++width) {
    for (const Kept kept : {Kept::kStart, Kept::kBothEnds, Kept::kEnd}) {
      auto shortened = Transformed(texts, [&](const std::string& text) {
        return ShortenedTo(text, width, kept);
      });
      if (CountDifferent(shortened) == different) return shortened;
    }
  }
}

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

/// The rows with as few lines of header as the width allows.
std::vector<Row> WithHeader(std::span<const Row> all, std::size_t width) {
  constexpr std::size_t kMostLines = 4;
  const Row& header = all.front();
  const auto cells = all.subspan(1);
  const auto widths = WidthsOf(cells, header.size());
  std::vector<Row> rows(all.begin(), all.end());
  for (std::size_t lines = 2; lines <= kMostLines; ++lines) {
    if (TotalOf(WidthsOf(rows, header.size())) <= width) break;
    rows = StackedHeader(header, lines, widths);
    rows.insert(rows.end(), cells.begin(), cells.end());
  }
  return rows;
}

/// Numbers have to stay whole; a name can do with less.
void ShortenNames(std::size_t width, std::vector<Row>* rows) {
  constexpr std::size_t kNarrowest = 8;
  const auto widths = WidthsOf(*rows, rows->front().size());
  const std::size_t total = TotalOf(widths);
  if (total <= width) return;
  const std::size_t excess = total - width;
  const std::size_t left =
      widths[0] > excess + kNarrowest ? widths[0] - excess : kNarrowest;
  const std::vector<std::string> names = ShortenedApart(
      Transformed(*rows, [](const Row& row) { return row[0]; }), left);
  for (std::size_t i = 0; i < names.size(); ++i) (*rows)[i][0] = names[i];
}

std::string Padded(std::string_view cell, std::size_t width, bool left) {
  const std::size_t used = DisplayWidth(cell);
  const std::string space(width > used ? width - used : 0, ' ');
  return left ? std::string(cell) + space : space + std::string(cell);
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header) {
  rows_.push_back(std::move(header));
}

void TextTable::AddRow(std::vector<std::string> cells) {
  assert(cells.size() == rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToString(std::size_t width) const {
  std::vector<Row> rows = WithHeader(rows_, width);
  ShortenNames(width, &rows);
  const auto widths = WidthsOf(rows, rows.front().size());
  std::string text;
  for (const Row& row : rows) {
    std::string line = Padded(row[0], widths[0], true);
    for (std::size_t i = 1; i < row.size(); ++i) {
      line += "  " + Padded(row[i], widths[i], false);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace isoflop
