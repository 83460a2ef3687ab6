// Observations from a table: CSV, JSON Lines or a JSON array. Everything that
// is wrong with a file is said at once, with file, line and column.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/observe/table_columns.h"
#include "analysis/observe/table_loss.h"
#include "analysis/table/row_choice.h"

namespace isoflop {

/// How a table is to be read.
struct TableOptions {
  std::vector<ColumnName> columns = {};
  RowChoice choice = {};
  LossScale loss = {};
  std::string label = {};  // the column that tells recipes apart; empty: none
  std::vector<std::string> best_of = {};  // settings, as TakeBest has them
  bool counts_anew = false;  // N is to be counted otherwise than in the rows
};

/// Reads a table, whose format ParseRecords tells.
///
/// Quantities (letters): params (N), tokens (D), loss (L), flops (C), seed,
/// group, weight, loss_std (or loss_std_error), budget_flops, unique_tokens (of
/// those trained on; all of them unless given), params_total,
/// params_non_embedding, loss_unit; status (or State), as RunEndOf knows it:
/// rows of runs that did not finish are left out before anything else of them
/// is read, and counted in a note. Needed are loss and two of a parameter
/// count, tokens and flops: D = C/(6N), C = 6ND, N = C/(6D). N counts what
/// params_total or params_non_embedding counts where it equals the same of them
/// in every row. Numbers may have the units of NumberOf. Other columns are
/// settings, named in a note. A group of which there is only one is none.
///
/// Throws Error as ParseRecords and KeepRows do, and listing up to 20 problems
/// and how many more there are.
LabelledObservations ReadLabelledObservations(const std::filesystem::path& path,
                                              const TableOptions& options = {});

/// As ReadLabelledObservations, without a label.
ObservationSet ReadObservations(const std::filesystem::path& path,
                                const TableOptions& options = {});

/// As ReadLabelledObservations, from a JoinedTable, whose rows have no line
/// then and of which options.columns are known. Throws Error also as
/// RequireOneRunEach does, and RequireOneCount unless counts_anew.
LabelledObservations JoinedObservations(RecordTable joined,
                                        TableOptions options);

/// As ReadLabelledObservations, from text; `source` names it in messages, and
/// says what format it has.
LabelledObservations ParseObservations(std::string_view text,
                                       const std::string& source,
                                       const TableOptions& options = {});

}  // namespace isoflop
