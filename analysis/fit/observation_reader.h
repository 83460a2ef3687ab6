// Observations from CSV and JSON Lines text. Everything that is wrong with a
// file is said at once, with file, line and column.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/fit/observation.h"
#include "analysis/fit/observation_columns.h"
#include "analysis/fit/record_table.h"

namespace isoflop {

/// Reads a CSV or a JSON Lines file: JSON Lines when the name ends in .jsonl or
/// .ndjson, or when the text begins with "{"; CSV otherwise.
///
/// Quantities (letters): params (N), tokens (D), loss (L), flops (C), seed,
/// group, weight, loss_std, budget_flops, unique_tokens (of those trained on;
/// all of them unless given), params_total, params_non_embedding; status, as
/// `isoflop export` writes it: runs without a loss are left out, and counted in
/// a note. Needed are loss, a parameter count, and tokens or flops: D = C/(6N)
/// when there are no tokens, C = 6ND when there are no flops. Other columns are
/// not read, and named in a note.
///
/// With `conditions` only the rows that meet them all are read, and counted in
/// a note.
///
/// Throws Error listing up to 20 problems and how many more there are.
ObservationSet ReadObservations(
    const std::filesystem::path& path,
    const std::vector<ColumnName>& columns = {},
    const std::vector<RowCondition>& conditions = {});

/// As ReadObservations, from text; `source` names it in messages.
ObservationSet ParseCsvObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns = {});
ObservationSet ParseJsonLinesObservations(
    std::string_view text, const std::string& source,
    const std::vector<ColumnName>& columns = {});

}  // namespace isoflop
