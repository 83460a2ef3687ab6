#include "analysis/fit/observation_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "lib/core/csv.h"
#include "lib/core/files.h"
#include "lib/core/json.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Parses the whole of `text`, a plus sign in front allowed.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// Collects the rows of a file, whatever its format.
class SetBuilder {
 public:
  SetBuilder(const std::string& source, const std::vector<ColumnName>& columns)
      : dictionary_(columns), problems_(source) {
    set_.source = source;
  }

  const ColumnDictionary& dictionary() const { return dictionary_; }
  RowProblems* problems() { return &problems_; }

  void NoteUnknown(const std::string& column) {
    if (std::ranges::find(unknown_, column) == unknown_.end()) {
      unknown_.push_back(column);
    }
  }

  void Add(const RawRow& row) {
    if (row.unfinished()) {
      ++unfinished_;
      return;
    }
    const auto observation = row.ToObservation();
    if (!observation) return;
    set_.rows.push_back(*observation);
    kinds_.insert(row.params());
  }

  /// Throws Error unless the file was flawless and had rows.
  ObservationSet Finish() {
    if (kinds_.size() > 1) {
      problems_.Add(0,
                    "N is total in some rows and not in others: give every "
                    "row the same parameter count");
    }
    problems_.ThrowIfAny();
    Require(!set_.rows.empty(), "{}: no observations", set_.source);
    set_.params = *kinds_.begin();
    const bool all_6ND = std::ranges::all_of(set_.rows, [](const auto& o) {
      return std::abs(o.C / SixND(o.N, o.D) - 1.0) <= 1e-6;
    });
    set_.flops = all_6ND ? FlopsKind::kSixND : FlopsKind::kAsGiven;
    if (!unknown_.empty()) {
      set_.notes.push_back(
          fmt::format("columns not read: {}", fmt::join(unknown_, ", ")));
    }
    if (unfinished_ > 0) {
      set_.notes.push_back(fmt::format(
          "{} rows of runs without a loss are left out", unfinished_));
    }
    return std::move(set_);
  }

 private:
  ColumnDictionary dictionary_;
  RowProblems problems_;
  ObservationSet set_;
  std::vector<std::string> unknown_;
  std::set<ParamsKind> kinds_;
  int unfinished_ = 0;
};

struct CsvColumn {
  std::string name;
  std::optional<Quantity> quantity;
};

std::vector<CsvColumn> ReadHeader(const CsvRow& header, SetBuilder* builder) {
  std::vector<CsvColumn> columns;
  columns.reserve(header.cells.size());
  for (const std::string& name : header.cells) {
    const auto quantity = builder->dictionary().Find(name);
    for (const CsvColumn& other : columns) {
      if (quantity && other.quantity == quantity) {
        builder->problems()->Add(
            header.line, fmt::format("columns '{}' and '{}' both are {}",
                                     other.name, name, NameOf(*quantity)));
      }
    }
    if (!quantity) builder->NoteUnknown(name);
    columns.push_back({name, quantity});
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

std::vector<std::string_view> NamesOf(const std::vector<CsvColumn>& columns) {
  std::vector<std::string_view> names;
  names.reserve(columns.size());
  for (const CsvColumn& column : columns) names.push_back(column.name);
  return names;
}

void RequireColumns(int line, const std::vector<CsvColumn>& columns,
                    SetBuilder* builder) {
  const auto names = NamesOf(columns);
  const auto need = [&](const char* what,
                        std::initializer_list<Quantity> quantities) {
    if (HasAny(columns, quantities)) return;
    builder->problems()->Add(
        line,
        fmt::format("no column {}; there are: {}. Name it with --column "
                    "{}=...",
                    what, fmt::join(names, ", "), NameOf(*quantities.begin())));
  };
  need("'params' (or 'N')", {Quantity::kParams, Quantity::kParamsTotal,
                             Quantity::kParamsNonEmbedding});
  need("'tokens' (or 'D') or 'flops' (or 'C')",
       {Quantity::kTokens, Quantity::kFlops});
  need("'loss' (or 'L')", {Quantity::kLoss});
  for (const ColumnName& given : builder->dictionary().given()) {
    if (std::ranges::find(names, given.column) != names.end()) continue;
    builder->problems()->Add(line,
                             fmt::format("no column '{}'{}", given.column,
                                         Suggestion(given.column, names)));
  }
}

void SetCell(const CsvColumn& column, const std::string& cell, RawRow* row) {
  if (cell.empty()) return;
  const std::string shown = "'" + cell + "'";
  switch (*column.quantity) {
    case Quantity::kSeed:
      row->SetSeed(column.name, ParseNumber<std::int64_t>(cell), shown);
      break;
    case Quantity::kGroup:
      row->SetGroup(cell);
      break;
    case Quantity::kStatus:
      row->SetStatus(cell);
      break;
    default:
      row->SetNumber(*column.quantity, column.name, ParseNumber<double>(cell),
                     shown);
  }
}

void AddCsvRow(const std::vector<CsvColumn>& columns, const CsvRow& cells,
               SetBuilder* builder) {
  if (cells.cells.size() != columns.size()) {
    builder->problems()->Add(
        cells.line, fmt::format("{} cells, but the header has {} columns",
                                cells.cells.size(), columns.size()));
    return;
  }
  RawRow row(cells.line, builder->problems());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].quantity) SetCell(columns[i], cells.cells[i], &row);
  }
  builder->Add(row);
}

std::string Shown(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void SetValue(Quantity quantity, const std::string& key, const Json& value,
              RawRow* row) {
  switch (quantity) {
    case Quantity::kSeed:
      row->SetSeed(key,
                   value.is_number_integer()
                       ? std::optional(value.get<std::int64_t>())
                       : std::nullopt,
                   Shown(value));
      break;
    case Quantity::kGroup:
      row->SetGroup(value.is_string() ? value.get<std::string>()
                                      : Shown(value));
      break;
    case Quantity::kStatus:
      row->SetStatus(value.is_string() ? value.get<std::string>() : "");
      break;
    default:
      row->SetNumber(
          quantity, key,
          value.is_number() ? std::optional(value.get<double>()) : std::nullopt,
          Shown(value));
  }
}

void AddJsonRow(int line, const Json& json, SetBuilder* builder) {
  if (!json.is_object()) {
    builder->problems()->Add(line, "must be an object, got " + Shown(json));
    return;
  }
  RawRow row(line, builder->problems());
  std::set<Quantity> seen;
  for (const auto& item : json.items()) {
    const auto quantity = builder->dictionary().Find(item.key());
    if (!quantity) {
      builder->NoteUnknown(item.key());
      continue;
    }
    if (!seen.insert(*quantity).second) {
      builder->problems()->Add(
          line, fmt::format("column '{}': {} is there twice", item.key(),
                            NameOf(*quantity)));
    }
    SetValue(*quantity, item.key(), item.value(), &row);
  }
  builder->Add(row);
}

/// Parses one line; what is wrong with it becomes a problem of its line.
std::optional<Json> ParseLine(std::string_view text, int line,
                              RowProblems* problems) {
  try {
    return ParseJson(text, "");
  } catch (const Error& error) {
    std::string_view what = error.what();
    if (what.starts_with(": ")) what.remove_prefix(2);
    problems->Add(line, std::string(what));
    return std::nullopt;
  }
}

}  // namespace

ObservationSet ReadObservations(const std::filesystem::path& path,
                                const std::vector<ColumnName>& columns,
                                const std::vector<RowCondition>& conditions) {
  std::string text = ReadFile(path);
  const bool json_lines = HoldsJsonLines(path, text);
  if (!conditions.empty()) {
    text = TextOfRows(text, path.string(), json_lines, conditions);
  }
  ObservationSet set =
      json_lines ? ParseJsonLinesObservations(text, path.string(), columns)
                 : ParseCsvObservations(text, path.string(), columns);
  for (const RowCondition& condition : conditions) {
    set.notes.push_back(fmt::format("rows with {} = {} only", condition.column,
                                    condition.value));
  }
  return set;
}

ObservationSet ParseCsvObservations(std::string_view text,
                                    const std::string& source,
                                    const std::vector<ColumnName>& columns) {
  SetBuilder builder(source, columns);
  const std::vector<CsvRow> rows = ParseCsv(text, source);
  Require(!rows.empty(), "{}: empty, not even a header", source);
  const auto header = ReadHeader(rows.front(), &builder);
  RequireColumns(rows.front().line, header, &builder);
  builder.problems()->ThrowIfAny();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    AddCsvRow(header, rows[i], &builder);
  }
  return builder.Finish();
}

ObservationSet ParseJsonLinesObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns) {
  SetBuilder builder(source, columns);
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto json = ParseLine(content, line, builder.problems());
    if (json) AddJsonRow(line, *json, &builder);
  }
  return builder.Finish();
}

}  // namespace isoflop
