// Observations from CSV text.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "analysis/observe/observation_builder.h"
#include "analysis/observe/observation_reader.h"
#include "lib/core/csv.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

struct CsvColumn {
  std::string name;
  std::optional<Quantity> quantity;
  bool is_label = false;
};

std::vector<CsvColumn> ReadHeader(const CsvRow& header,
                                  ObservationBuilder* builder) {
  std::vector<CsvColumn> columns;
  columns.reserve(header.cells.size());
  std::map<Quantity, std::string> taken;
  for (const std::string& name : header.cells) {
    const auto quantity = builder->dictionary().Find(name);
    if (quantity) {
      const auto [other, is_new] = taken.emplace(*quantity, name);
      if (!is_new) {
        builder->problems()->Add(
            header.line, fmt::format("columns '{}' and '{}' both are {}",
                                     Shortened(other->second), Shortened(name),
                                     NameOf(*quantity)));
      }
    }
    const bool is_label = !name.empty() && name == builder->label_column();
    if (!quantity && !is_label) builder->NoteUnread(name);
    columns.push_back({name, quantity, is_label});
  }
  return columns;
}

bool HasAny(const std::vector<CsvColumn>& columns,
            std::initializer_list<Quantity> quantities) {
  return std::ranges::any_of(columns, [&](const CsvColumn& column) {
    return column.quantity &&
           std::ranges::find(quantities, *column.quantity) != quantities.end();
  });
}

/// Complains unless there is a column of exactly this name.
void RequireNamed(int line, const std::string& name,
                  const std::vector<CsvColumn>& columns,
                  ObservationBuilder* builder) {
  if (std::ranges::find(columns, name, &CsvColumn::name) != columns.end()) {
    return;
  }
  std::vector<std::string> names;
  for (const CsvColumn& column : columns) {
    if (column.name.size() <= 2 * name.size()) names.push_back(column.name);
  }
  builder->problems()->Add(
      line, fmt::format("no column '{}'{}", name, Suggestion(name, names)));
}

void RequireColumns(int line, const std::vector<CsvColumn>& columns,
                    ObservationBuilder* builder) {
  const auto names = Transformed(
      columns, [](const CsvColumn& column) { return Shortened(column.name); });
  const auto need = [&](const char* what,
                        std::initializer_list<Quantity> quantities) {
    if (HasAny(columns, quantities)) return;
    builder->problems()->Add(
        line, fmt::format("no column {}; there are: {}. Name it with --column "
                          "{}=...",
                          what, ShortList(names), NameOf(*quantities.begin())));
  };
  need("'params' (or 'N')", {Quantity::kParams, Quantity::kParamsTotal,
                             Quantity::kParamsNonEmbedding});
  need("'tokens' (or 'D') or 'flops' (or 'C')",
       {Quantity::kTokens, Quantity::kFlops});
  need("'loss' (or 'L')", {Quantity::kLoss});
  for (const ColumnName& given : builder->dictionary().given()) {
    RequireNamed(line, given.column, columns, builder);
  }
  if (!builder->label_column().empty()) {
    RequireNamed(line, builder->label_column(), columns, builder);
  }
}

/// What to do about a cell that only a person would read as a number.
std::string NumberAdvice(const std::string& cell) {
  std::string plain = cell;
  std::erase_if(plain, [](char c) { return c == ',' || c == '_' || c == ' '; });
  if (plain == cell || !ParseNumber<double>(plain)) return {};
  return " (write numbers without separators, and decimals with a point)";
}

Cell CellOf(const std::string& column, const std::string& text) {
  return {.column = column,
          .word = text,
          .number = ParseNumber<double>(text),
          .whole = ParseNumber<std::int64_t>(text),
          .shown = "'" + Shortened(text) + "'",
          .advice = NumberAdvice(text)};
}

void AddCsvRow(const std::vector<CsvColumn>& columns, const CsvRow& cells,
               ObservationBuilder* builder) {
  if (cells.cells.size() != columns.size()) {
    builder->problems()->Add(
        cells.line, fmt::format("{} cells, but the header has {} columns",
                                cells.cells.size(), columns.size()));
    return;
  }
  RawRow row(cells.line, builder->problems());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const CsvColumn& column = columns[i];
    const std::string& text = cells.cells[i];
    if (column.is_label) row.SetLabel(text);
    if (text.empty() || !column.quantity) continue;  // no value, or not read
    row.Set(*column.quantity, CellOf(column.name, text));
  }
  builder->Add(row);
}

/// Throws Error when what separates the header's cells is no comma.
void RequireCommas(const CsvRow& header, const std::string& source) {
  if (header.cells.size() != 1) return;
  const std::string& cell = header.cells.front();
  for (const char separator : {';', '\t', '|'}) {
    Require(cell.find(separator) == std::string::npos,
            "{}:{}: the columns are separated by '{}': separate them by ',', "
            "and write decimals with a point",
            source, header.line,
            separator == '\t' ? "a tab" : std::string(1, separator));
  }
}

}  // namespace

LabelledObservations ParseCsvObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns, const std::string& label,
    std::optional<std::vector<int>> lines) {
  ObservationBuilder builder(source, columns, label, std::move(lines));
  const std::vector<CsvRow> rows =
      ParseCsv(RequirePlainText(text, source), source);
  Require(!rows.empty(), "{}: empty, not even a header", source);
  RequireCommas(rows.front(), source);
  const auto header = ReadHeader(rows.front(), &builder);
  RequireColumns(rows.front().line, header, &builder);
  builder.problems()->ThrowIfAny();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (builder.Wants(rows[i].line)) AddCsvRow(header, rows[i], &builder);
  }
  return builder.Finish();
}

}  // namespace isoflop
