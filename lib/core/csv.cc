#include "lib/core/csv.h"

#include "lib/core/error.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

/// Walks over the text once, row by row.
class CsvParser {
 public:
  CsvParser(std::string_view text, const std::string& source)
      : text_(WithoutByteOrderMark(text)), source_(source) {}

  std::vector<CsvRow> Parse() {
    std::vector<CsvRow> rows;
    while (!AtEnd()) {
      CsvRow row = ParseRow();
      const bool blank = row.cells.size() == 1 && row.cells[0].empty();
      if (!blank) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  bool AtEnd() const { return position_ >= text_.size(); }
  char Peek() const { return text_[position_]; }
  bool AtCellEnd() const {
    return AtEnd() || Peek() == ',' || Peek() == '\n' || Peek() == '\r';
  }

  CsvRow ParseRow() {
    CsvRow row{.line = line_, .cells = {}};
    row.cells.push_back(ParseCell());
    while (!AtEnd() && Peek() == ',') {
      ++position_;
      row.cells.push_back(ParseCell());
    }
    EndLine();
    return row;
  }

  /// Passes over "\n", "\r\n" or a lone "\r".
  void EndLine() {
    if (!AtEnd() && Peek() == '\r') ++position_;
    if (!AtEnd() && Peek() == '\n') ++position_;
    ++line_;
  }

  void SkipSpace() {
    while (!AtEnd() && (Peek() == ' ' || Peek() == '\t')) ++position_;
  }

  std::string ParseCell() {
    SkipSpace();
    if (!AtEnd() && Peek() == '"') return ParseQuoted();
    const std::size_t begin = position_;
    while (!AtCellEnd()) ++position_;
    const std::string_view cell = text_.substr(begin, position_ - begin);
    return std::string(cell.substr(0, cell.find_last_not_of(" \t") + 1));
  }

  std::string ParseQuoted() {
    const int opened = line_;
    std::string cell;
    for (++position_; !ClosingQuote(&cell); ++position_) {
      Require(!AtEnd(), "{}:{}: quote is never closed", source_, opened);
      // Text in quotes may go over several lines.
      if (Peek() == '\n') ++line_;
      cell += Peek();
    }
    SkipSpace();
    Require(AtCellEnd(), "{}:{}: text after a closing quote", source_, line_);
    return cell;
  }

  /// Passes over a closing quote; turns a doubled one into one character.
  bool ClosingQuote(std::string* cell) {
    while (!AtEnd() && Peek() == '"') {
      ++position_;
      if (AtEnd() || Peek() != '"') return true;
      *cell += '"';
      ++position_;
    }
    return false;
  }

  std::string_view text_;
  const std::string& source_;
  std::size_t position_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<CsvRow> ParseCsv(std::string_view text, const std::string& source) {
  return CsvParser(text, source).Parse();
}

std::string CsvCell(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(cell);
  }
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace isoflop
