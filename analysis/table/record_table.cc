#include "analysis/table/record_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "lib/core/csv.h"
#include "lib/core/files.h"
#include "lib/core/json.h"
#include "lib/core/text.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostNames = 12;  // names in a message

enum class TableFormat { kCsv, kJsonLines, kJsonDocument };

TableFormat FormatOf(const std::string& source, std::string_view text) {
  const auto extension = std::filesystem::path(source).extension();
  if (extension == ".csv") return TableFormat::kCsv;
  if (extension == ".jsonl" || extension == ".ndjson") {
    return TableFormat::kJsonLines;
  }
  const auto first = text.find_first_not_of(" \t\r\n");
  const char begin = first == std::string_view::npos ? '\0' : text[first];
  if (begin == '[' || extension == ".json") return TableFormat::kJsonDocument;
  return begin == '{' ? TableFormat::kJsonLines : TableFormat::kCsv;
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

/// Whether this is the line `sep=,`, which is no header.
bool NamesTheSeparator(const CsvRow& row) {
  return row.cells == std::vector<std::string>{"sep=", ""};
}

void ParseCsvRecords(std::string_view text, RecordTable* table,
                     RowProblems* problems) {
  std::vector<CsvRow> rows = ParseCsv(text, table->source);
  if (!rows.empty() && NamesTheSeparator(rows.front())) {
    rows.erase(rows.begin());
  }
  Require(!rows.empty(), "{}: empty, not even a header", table->source);
  RequireCommas(rows.front(), table->source);
  table->columns = rows.front().cells;
  table->rows.reserve(rows.size() - 1);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].cells.size() == table->columns.size()) {
      table->rows.push_back({rows[i].line, std::move(rows[i].cells)});
    } else {
      problems->Add(rows[i].line,
                    fmt::format("{} cells, but the header has {} columns",
                                rows[i].cells.size(), table->columns.size()));
    }
  }
}

/// Gathers JSON objects, whose keys become columns as they come.
class ObjectTable {
 public:
  explicit ObjectTable(RecordTable* table) : table_(table) {}

  void Add(int line, const Json& object) {
    Record record{line, {}};
    for (const auto& item : object.items()) {
      const std::size_t index = IndexOf(item.key());
      record.cells.resize(std::max(record.cells.size(), index + 1));
      if (!item.value().is_null()) record.cells[index] = WordOf(item.value());
    }
    table_->rows.push_back(std::move(record));
  }

  /// Gives every row a cell for every key.
  void Finish() {
    for (Record& record : table_->rows) {
      record.cells.resize(table_->columns.size());
    }
  }

 private:
  std::size_t IndexOf(const std::string& key) {
    const auto [place, is_new] = index_.emplace(key, table_->columns.size());
    if (is_new) table_->columns.push_back(key);
    return place->second;
  }

  RecordTable* table_;
  std::map<std::string, std::size_t> index_;
};

std::string Shown(const Json& value) {
  return Shortened(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Returns the text with NaN and Infinity in quotes: Python writes them, and
/// JSON has no such words.
std::string WithQuotedNaN(std::string_view text) {
  std::string quoted;
  quoted.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    std::string_view taken = text.substr(i, 1);
    if (in_string && taken == "\\") taken = text.substr(i, 2);
    if (taken == "\"") in_string = !in_string;
    if (!in_string) {
      for (const std::string_view word : {"NaN", "-Infinity", "Infinity"}) {
        if (text.substr(i).starts_with(word)) taken = word;
      }
    }
    quoted += taken.size() > 2 ? fmt::format("\"{}\"", taken) : taken;
    i += taken.size();
  }
  return quoted;
}

/// Parses one document; what is wrong with it becomes a problem of its line,
/// unless `problems` is null.
std::optional<Json> Parse(std::string_view text, int line,
                          RowProblems* problems) {
  try {
    return ParseJson(WithQuotedNaN(text), "");
  } catch (const Error& error) {
    std::string_view what = error.what();
    if (what.starts_with(": ")) what.remove_prefix(2);
    if (problems != nullptr) problems->Add(line, std::string(what));
    return std::nullopt;
  }
}

/// Throws Error for a document of another kind than a table.
void RefuseObject(const Json& document, const std::string& source) {
  Require(!document.is_object(),
          "{}: is one JSON document{}, no JSON Lines with a run in each, as "
          "`isoflop export DIR --format jsonl` writes them for a sweep",
          source,
          document.is_object() && document.contains("schema")
              ? fmt::format(" (\"schema\": {})", Shown(document.at("schema")))
              : "");
}

/// A document over several lines would fail line by line.
void RefuseDocument(std::string_view text, const std::string& source) {
  const std::vector<TextLine> lines = NonBlankLines(text);
  if (lines.size() < 2 || Parse(lines.front().text, 1, nullptr)) return;
  if (const auto document = Parse(text, 0, nullptr)) {
    RefuseObject(*document, source);
  }
}

void ParseJsonLinesRecords(std::string_view text, RecordTable* table,
                           RowProblems* problems) {
  RefuseDocument(text, table->source);
  ObjectTable objects(table);
  for (const TextLine& line : NonBlankLines(text)) {
    const auto json = Parse(line.text, line.number, problems);
    if (!json) continue;
    if (json->is_object()) {
      objects.Add(line.number, *json);
    } else {
      problems->Add(line.number, "must be an object, got " + Shown(*json));
    }
  }
  objects.Finish();
}

void ParseJsonArrayRecords(std::string_view text, RecordTable* table,
                           RowProblems* problems) {
  const Json document = ParseJson(WithQuotedNaN(text), table->source);
  RefuseObject(document, table->source);
  Require(document.is_array(), "{}: must be an array of objects, got {}",
          table->source, Shown(document));
  ObjectTable objects(table);
  int number = 0;
  for (const Json& row : document) {
    ++number;
    if (row.is_object()) {
      objects.Add(number, row);
    } else {
      problems->Add(number, "must be an object, got " + Shown(row));
    }
  }
  objects.Finish();
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

RecordTable ParseRecords(std::string_view text, const std::string& source,
                         RowProblems* problems) {
  text = RequirePlainText(text, source);
  RecordTable table{.source = source, .columns = {}, .rows = {}};
  switch (FormatOf(source, text)) {
    case TableFormat::kCsv:
      ParseCsvRecords(text, &table, problems);
      break;
    case TableFormat::kJsonLines:
      ParseJsonLinesRecords(text, &table, problems);
      break;
    case TableFormat::kJsonDocument:
      ParseJsonArrayRecords(text, &table, problems);
      break;
  }
  return table;
}

RecordTable ReadRecords(const std::filesystem::path& path) {
  RowProblems problems(path.string());
  RecordTable table = ParseRecords(ReadFile(path), path.string(), &problems);
  problems.ThrowIfAny();
  return table;
}

}  // namespace isoflop
