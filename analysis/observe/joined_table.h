// Several tables and sweep directories as one table.

#pragma once

#include <string>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/observe/table_columns.h"
#include "analysis/table/record_table.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// The column of a joined table that names the input of a row.
inline constexpr const char* kSourceColumn = "source";

/// Returns the runs of a sweep that ended, however, as a table: quantities by
/// their names, `id`, and a column for each axis that the sweep varied. Of an
/// axis that is not one of `open` only runs with the value of BaseVariant are
/// there; `notes` hears how many others there are.
RecordTable SweepTable(const std::string& source, const Plan& plan,
                       const std::vector<RunResult>& results,
                       const Json& sweep_file,
                       const std::vector<std::string>& open,
                       std::vector<std::string>* notes);

/// Returns the rows of all tables in one, in their order. Quantities are called
/// by their names whatever each table calls them (`given` as far as a table has
/// the column), with the factors multiplied in; other columns keep theirs, and
/// kSourceColumn has RecordTable::source. Groups of different tables are
/// different, unless they are of sweeps, which name them by what they train.
///
/// Throws Error, for all tables at once, for tables without enough columns, a
/// column of `given` that none has, and a kSourceColumn that one has already.
RecordTable JoinedTable(const std::vector<RecordTable>& tables,
                        const std::vector<ColumnName>& given);

/// Throws Error where a run that finished is in two inputs: the same `id`, or
/// where no two have that the same N, D, loss and seed. REQUIRES: a joined
/// table.
void RequireOneRunEach(const RecordTable& joined);

/// Throws Error where N counts total parameters in some of the tables and
/// non-embedding ones in others, as `params` equals the one or the other.
/// Tables of which that cannot be told are said in `notes`. REQUIRES: a joined
/// table.
void RequireOneCount(const RecordTable& joined,
                     std::vector<std::string>* notes);

}  // namespace isoflop
