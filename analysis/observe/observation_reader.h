// Observations from CSV and JSON Lines text. Everything that is wrong with a
// file is said at once, with file, line and column.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/observe/observation_columns.h"
#include "lib/core/record_table.h"

namespace isoflop {

/// Reads a CSV or a JSON Lines file: JSON Lines when the name ends in .jsonl or
/// .ndjson, or when the text begins with "{"; CSV otherwise.
///
/// Quantities (letters): params (N), tokens (D), loss (L), flops (C), seed,
/// group, weight, loss_std (or loss_std_error), budget_flops, unique_tokens (of
/// those trained on; all of them unless given), params_total,
/// params_non_embedding; status, as `isoflop export` writes it: runs without a
/// loss are left out, and counted in a note. Needed are loss, a parameter
/// count, and tokens or flops: D = C/(6N) when there are no tokens, C = 6ND
/// when there are no flops. N counts what params_total or params_non_embedding
/// counts where it equals the same of them in every row. Other columns are not
/// read, and named in a note.
///
/// With `conditions` only the rows that meet them all are read, and counted in
/// a note.
///
/// Throws Error listing up to 20 problems and how many more there are; for text
/// that is no UTF-8; and for columns that are not separated by commas.
ObservationSet ReadObservations(
    const std::filesystem::path& path,
    const std::vector<ColumnName>& columns = {},
    const std::vector<RowCondition>& conditions = {});

/// As ReadObservations, with the text of the column `label`, which every row
/// has to have; it may be one of the quantities too.
LabelledObservations ReadLabelledObservations(
    const std::filesystem::path& path, const std::vector<ColumnName>& columns,
    const std::string& label, const std::vector<RowCondition>& conditions = {});

/// As ReadLabelledObservations, from text; `source` names it in messages. An
/// empty `label` asks for none. Only the rows are read that begin on one of the
/// `lines`, which are ascending; absent: all are.
LabelledObservations ParseCsvObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns = {}, const std::string& label = "",
    std::optional<std::vector<int>> lines = {});
LabelledObservations ParseJsonLinesObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns = {}, const std::string& label = "",
    std::optional<std::vector<int>> lines = {});

}  // namespace isoflop
