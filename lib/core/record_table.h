// A CSV or JSON Lines file as columns of text, whatever they mean: for choosing
// rows, and for laws of any column against any other; and what is wrong with
// it.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/core/error.h"

namespace isoflop {

/// One row with the line on which it begins, counted from 1.
struct Record {
  int line = 0;
  std::vector<std::string> cells;  // one a column; empty: no value
};

struct RecordTable {
  std::string source;  // for messages
  std::vector<std::string> columns;
  std::vector<Record> rows;

  /// Returns the index of a column. Throws Error naming `option`, what there is
  /// and the nearest, when there is none.
  std::size_t Column(std::string_view option, std::string_view name) const;
};

/// A condition that rows have to meet, from --where: the column has this value,
/// as text or, where both are numbers, as a number.
struct RowCondition {
  std::string column;
  std::string value;
};

/// Parses "config=base". Throws Error unless there is a name before the first
/// "=".
RowCondition ParseRowCondition(std::string_view text);

/// Returns whether a file holds JSON Lines: by its name, or else by how the
/// text begins.
bool HoldsJsonLines(const std::filesystem::path& path, std::string_view text);

/// Splits text into records. JSON objects may have different keys; values that
/// are no strings stand as JSON. Throws Error with file and line for what is
/// neither, and for CSV rows with more or fewer cells than columns.
RecordTable ParseRecords(std::string_view text, const std::string& source,
                         bool json_lines);

/// Keeps the rows that meet every condition. Throws Error for a column that is
/// not there, and when no row is left, with the nearest value that there is.
void KeepRows(const std::vector<RowCondition>& conditions, RecordTable* table);

/// Problems of the rows of one file, of which only the first 20 are kept and
/// the rest counted.
class RowProblems {
 public:
  explicit RowProblems(std::string source) : source_(std::move(source)) {}

  /// Adds "source:line: what". Line 0 stands for the file as a whole.
  void Add(int line, const std::string& what);

  /// Throws Error with the problems, unless there are none.
  void ThrowIfAny();

 private:
  std::string source_;
  Problems problems_;
  int count_ = 0;
};

}  // namespace isoflop
