#include "analysis/fit/record_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "lib/core/csv.h"
#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/core/text.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostShown = 12;  // names in a message

std::optional<double> AsNumber(std::string_view text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool SameValue(const std::string& cell, const std::string& wanted) {
  if (cell == wanted) return true;
  const auto a = AsNumber(cell);
  const auto b = AsNumber(wanted);
  return a && b && *a == *b;
}

/// The names, of which only the first when they are many.
std::string Listed(std::vector<std::string> names) {
  const std::size_t more = names.size() - std::min(names.size(), kMostShown);
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
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
  const auto lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const int next = i + 1 < rows.size() ? rows[i + 1].line : lines + 1;
    AddRow(source, {rows[i].line, next - 1, rows[i].cells}, &table);
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
  record->cells[index] =
      value.is_string() ? value.get<std::string>() : value.dump();
}

RecordTable ParseJsonRecords(std::string_view text, const std::string& source) {
  text = WithoutByteOrderMark(text);
  RecordTable table{.source = source, .columns = {}, .rows = {}};
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json json = ParseJson(content, fmt::format("{}:{}", source, line));
    Require(json.is_object(), "{}:{}: must be an object", source, line);
    Record record{line, line, {}};
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

std::string NearestTo(const std::string& word,
                      const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  return Suggestion(word, views);
}

}  // namespace

std::size_t RecordTable::Column(std::string_view option,
                                std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  Require(found != columns.end(), "{}: {} has no column '{}'{}; there are {}",
          option, source, name, NearestTo(std::string(name), columns),
          Listed(columns));
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
            NearestTo(condition.value, values), Listed(values));
  }
}

std::string TextOfRows(std::string_view text, const std::string& source,
                       bool json_lines,
                       const std::vector<RowCondition>& conditions) {
  const RecordTable all = ParseRecords(text, source, json_lines);
  RecordTable kept = all;
  KeepRows(conditions, &kept);
  std::vector<bool> blank(
      static_cast<std::size_t>(std::ranges::count(text, '\n')) + 2, false);
  const auto mark = [&](const RecordTable& table, bool is_blank) {
    for (const Record& row : table.rows) {
      for (int line = row.line; line <= row.last_line; ++line) {
        blank[static_cast<std::size_t>(line)] = is_blank;
      }
    }
  };
  mark(all, true);
  mark(kept, false);
  std::string chosen;
  chosen.reserve(text.size());
  std::size_t line = 1;
  for (const char c : text) {
    if (c == '\n' || !blank[line]) chosen += c;
    if (c == '\n') ++line;
  }
  return chosen;
}

}  // namespace isoflop
