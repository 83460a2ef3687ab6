// Which rows of a table are wanted: --where and --drop.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/table/record_table.h"

namespace isoflop {

/// How a cell has to compare with the values of a condition.
enum class Comparison {
  kIsOneOf,   // =
  kIsNoneOf,  // !=
  kLess,      // <
  kLessOrEqual,
  kGreater,  // >
  kGreaterOrEqual
};

/// A condition that rows have to meet: as text or, where both are numbers, as a
/// number; nan, NA and an empty cell are the same. Only numbers are less or
/// greater.
struct RowCondition {
  std::string text;  // as it was given
  std::string column;
  Comparison comparison = Comparison::kIsOneOf;
  std::vector<std::string> values;  // first the whole text behind the sign,
                                    // then the parts between its commas
};

/// Parses "config=base", "lr=0.001,0.002", "status!=crashed", "params<1B".
/// Throws Error unless there is a name before the sign, and for < and > unless
/// there is one number behind it.
RowCondition ParseRowCondition(std::string_view text);

/// Returns whether a cell meets the condition.
bool Meets(const std::string& cell, const RowCondition& condition);

/// Lines from `first` to `last`, both included.
struct LineRange {
  int first = 0;
  int last = 0;
};

/// Parses "17" or "20-24". Throws Error.
LineRange ParseLineRange(std::string_view text);

/// Which rows are wanted: all but those on the lines of `drop` that meet every
/// condition.
struct RowChoice {
  std::vector<RowCondition> where = {};
  std::vector<LineRange> drop = {};
};

/// Keeps the rows that are wanted, and returns notes of what was left out.
/// Throws Error for a column that is not there, for a line of `drop` on which
/// no row begins, and when no row is left, with the nearest value that there
/// is.
std::vector<std::string> KeepRows(const RowChoice& choice, RecordTable* table);

}  // namespace isoflop
