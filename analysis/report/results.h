// A finished sweep as files for other programs: results.json with everything,
// JSON Lines with the runs, CSV with what a fit needs of them.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan.h"

namespace isoflop {

inline constexpr std::string_view kResultsSchema = "isoflop.results/1";

/// What there is to export of a sweep directory.
struct SweepResults {
  Json sweep;  // sweep.json, as given
  Plan plan;
  std::vector<RunResult> runs;  // that ended, however
  std::optional<Json> fit;      // fit.json
};

/// Returns the content of results.json, in parts that follow one another: as
/// one value a hundred thousand runs would take gigabytes. Totals count what
/// was trained: FLOPs and tokens of the runs that ended ok, with trunks counted
/// once and, as flops_without_shared_trunks, for each branch.
std::vector<std::string> ResultsText(const SweepResults& results);

/// Returns every run that ended, one record a line, with N by the plan's
/// convention as "params", and with what the sweep varied by its axes
/// ("model.position"); `isoflop fit` reads it back to the same observations,
/// those of one variant with --where.
std::string RunsJsonLines(const Plan& plan, const std::vector<RunResult>& runs);

/// Returns the runs that ended ok as a table that `isoflop fit` reads back to
/// the same observations, N and C by the plan's convention, with a column for
/// each axis that the sweep varied.
std::string RunsCsv(const Plan& plan, const std::vector<RunResult>& runs);

}  // namespace isoflop
