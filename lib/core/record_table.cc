#include "lib/core/record_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/csv.h"
#include "lib/core/json.h"
#include "lib/core/text.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostNames = 12;  // names in a message
constexpr int kMostProblems = 20;       // of a file

bool SameValue(const std::string& cell, const std::string& wanted) {
  if (cell == wanted) return true;
  const auto a = ParseNumber<double>(cell);
  const auto b = ParseNumber<double>(wanted);
  return a && b && *a == *b;
}

void AddRow(const std::string& source, Record record, RecordTable* table) {
  Require(record.cells.size() == table->columns.size(),
          "{}:{}: {} cells, but the header has {} columns", source, record.line,
          record.cells.size(), table->columns.size());
  table->rows.push_back(std::move(record));
}

RecordTable ParseCsvRecords(std::string_view text, const std::string& source) {
  const std::vector<CsvRow> rows = ParseCsv(text, source);
  Require(!rows.empty(), "{}: empty, not even a header", source);
  RecordTable table{
      .source = source, .columns = rows.front().cells, .rows = {}};
  for (std::size_t i = 1; i < rows.size(); ++i) {
    AddRow(source, {rows[i].line, rows[i].cells}, &table);
  }
  return table;
}

/// Puts a value under its key, with a new column for a key not seen before.
void SetCell(const std::string& key, const Json& value, RecordTable* table,
             Record* record) {
  const auto known = std::ranges::find(table->columns, key);
  const auto index = static_cast<std::size_t>(known - table->columns.begin());
  if (known == table->columns.end()) table->columns.push_back(key);
  record->cells.resize(std::max(record->cells.size(), index + 1));
  record->cells[index] = WordOf(value);
}

RecordTable ParseJsonRecords(std::string_view text, const std::string& source) {
  text = WithoutByteOrderMark(text);
  RecordTable table{.source = source, .columns = {}, .rows = {}};
  for (const auto& [line, content] : NonBlankLines(text)) {
    const Json json = ParseJson(content, fmt::format("{}:{}", source, line));
    Require(json.is_object(), "{}:{}: must be an object", source, line);
    Record record{line, {}};
    for (const auto& item : json.items()) {
      SetCell(item.key(), item.value(), &table, &record);
    }
    table.rows.push_back(std::move(record));
  }
  for (Record& record : table.rows) record.cells.resize(table.columns.size());
  return table;
}

/// Different values of a column, in the order in which they come.
std::vector<std::string> ValuesOf(const RecordTable& table,
                                  std::size_t column) {
  std::vector<std::string> values;
  for (const Record& row : table.rows) {
    const std::string& value = row.cells[column];
    if (std::ranges::find(values, value) == values.end()) {
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace

std::size_t RecordTable::Column(std::string_view option,
                                std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  Require(found != columns.end(), "{}: {} has no column '{}'{}; there are {}",
          option, source, name, Suggestion(name, columns),
          ShortList(columns, kMostNames));
  return static_cast<std::size_t>(found - columns.begin());
}

RowCondition ParseRowCondition(std::string_view text) {
  const auto equals = text.find('=');
  Require(equals != std::string_view::npos && equals > 0,
          "--where: must be column=value, as in config=base, got '{}'", text);
  return {std::string(text.substr(0, equals)),
          std::string(text.substr(equals + 1))};
}

bool HoldsJsonLines(const std::filesystem::path& path, std::string_view text) {
  if (path.extension() == ".jsonl" || path.extension() == ".ndjson") {
    return true;
  }
  if (path.extension() == ".csv") return false;
  text = WithoutByteOrderMark(text);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

RecordTable ParseRecords(std::string_view text, const std::string& source,
                         bool json_lines) {
  return json_lines ? ParseJsonRecords(text, source)
                    : ParseCsvRecords(text, source);
}

void KeepRows(const std::vector<RowCondition>& conditions, RecordTable* table) {
  for (const RowCondition& condition : conditions) {
    const std::size_t column = table->Column("--where", condition.column);
    const std::vector<std::string> values = ValuesOf(*table, column);
    std::erase_if(table->rows, [&](const Record& row) {
      return !SameValue(row.cells[column], condition.value);
    });
    Require(!table->rows.empty(),
            "--where: no row of {} has {} = '{}'{}; there are {}",
            table->source, condition.column, condition.value,
            Suggestion(condition.value, values), ShortList(values, kMostNames));
  }
}

void RowProblems::Add(int line, const std::string& what) {
  ++count_;
  if (count_ > kMostProblems) return;
  problems_.Add(line == 0 ? source_ : fmt::format("{}:{}", source_, line),
                what);
}

void RowProblems::ThrowIfAny() {
  if (count_ > kMostProblems) {
    problems_.Add(source_, fmt::format("and {} more", count_ - kMostProblems));
  }
  problems_.ThrowIfAny();
}

}  // namespace isoflop
