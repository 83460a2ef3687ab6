#include "analysis/observe/curve_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "analysis/table/cell.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

/// A column that is wanted, and where it is.
struct Wanted {
  std::string name;
  std::size_t index = 0;
};

Wanted Find(const RecordTable& table, const char* option,
            const std::string& name) {
  return {name, table.Column(option, name)};
}

double Number(const Record& row, const Wanted& column, RowProblems* problems) {
  const std::string& cell = row.cells[column.index];
  const auto value = NumberOf(cell);
  const bool usable = value && std::isfinite(*value) && *value > 0.0;
  if (!usable) {
    problems->Add(row.line, fmt::format("column '{}': must be a finite number "
                                        "above 0, got '{}'",
                                        column.name, cell));
  }
  return usable ? *value : 1.0;
}

}  // namespace

CurvePoints ReadCurve(const std::filesystem::path& path,
                      const CurveColumns& columns, const RowChoice& choice) {
  RecordTable table = ReadRecords(path);
  Require(!table.rows.empty(), "{}: no rows", path.string());
  std::vector<std::string> chosen = KeepRows(choice, &table);
  const Wanted x = Find(table, "--x", columns.x);
  const Wanted y = Find(table, "--y", columns.y);
  std::optional<Wanted> y_std;
  if (!columns.y_std.empty()) y_std = Find(table, "--y-std", columns.y_std);
  CurvePoints curve;
  curve.source = path.string();
  curve.columns = columns;
  RowProblems problems(path.string());
  std::size_t without = 0;
  for (const Record& row : table.rows) {
    const bool complete = !IsAbsent(row.cells[x.index]) &&
                          !IsAbsent(row.cells[y.index]) &&
                          !(y_std && IsAbsent(row.cells[y_std->index]));
    if (!complete) {
      ++without;
      continue;
    }
    LawRun point;
    point.x = Number(row, x, &problems);
    point.y = Number(row, y, &problems);
    const double std = y_std ? Number(row, *y_std, &problems) : 1.0;
    point.weight = 1.0 / (std * std);
    curve.points.push_back(point);
  }
  problems.ThrowIfAny();
  Require(!curve.points.empty(), "{}: no row has all of {}, {}{}",
          path.string(), columns.x, columns.y,
          y_std ? " and " + columns.y_std : "");
  if (without > 0) {
    curve.notes.push_back(
        fmt::format("{} rows without a value are left out", without));
  }
  std::ranges::move(chosen, std::back_inserter(curve.notes));
  return curve;
}

}  // namespace isoflop
