// A file of runs as columns of text, whatever they mean.

#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/table/row_problems.h"

namespace isoflop {

/// One row with the line on which it begins, counted from 1; in a JSON array
/// with its number.
struct Record {
  int line = 0;
  std::vector<std::string> cells;  // one a column; empty: no value
};

struct RecordTable {
  std::string source;  // for messages
  std::vector<std::string> columns;
  std::vector<Record> rows;
  // Of several tables in one: the column that names the file of a row.
  std::optional<std::size_t> source_column = {};

  /// Returns the index of a column. Throws Error naming `option`, what there is
  /// and the nearest, when there is none.
  std::size_t Column(std::string_view option, std::string_view name) const;
};

/// Splits text into records. The format is that of the source's name (.jsonl,
/// .ndjson; .json; .csv), or else what the text begins like:
///  - CSV, with a header; the line `sep=,` that spreadsheets put before it is
///    passed over;
///  - JSON Lines, an object in each; keys may differ;
///  - one JSON array of objects.
/// JSON values that are no strings stand as JSON, null as nothing; NaN and
/// Infinity, which Python writes, stand as such.
///
/// What is wrong with a row is added to `problems`, and the row is left out.
/// Throws Error for text that is no UTF-8, for columns that are not separated
/// by commas, and for one JSON object, which is no table.
RecordTable ParseRecords(std::string_view text, const std::string& source,
                         RowProblems* problems);

/// As ParseRecords of what is in the file, with all problems at once as Error.
RecordTable ReadRecords(const std::filesystem::path& path);

}  // namespace isoflop
