// Points (x, y) from any two columns of a file, for laws of one variable.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/observe/law_run.h"
#include "analysis/table/row_choice.h"

namespace isoflop {

/// Which columns hold what.
struct CurveColumns {
  std::string x;
  std::string y;
  std::string y_std;  // standard error of ln y; empty: all weigh the same
};

/// The points of a file, each with x, y and weight 1 / y_std^2.
struct CurvePoints {
  std::string source;
  CurveColumns columns;
  std::vector<LawRun> points;
  std::vector<std::string> notes;  // which rows were left out
};

/// Reads the points of the rows that are wanted; rows without one of the values
/// are left out, and counted in a note. Throws Error as
/// ParseRecords and KeepRows do, for text that is no UTF-8, for columns that
/// are not there, and for cells that are no finite numbers above 0, with line
/// and column, up to 20 of them.
CurvePoints ReadCurve(const std::filesystem::path& path,
                      const CurveColumns& columns, const RowChoice& choice);

}  // namespace isoflop
