// The runs of a sweep for people: what was planned, and what came of it.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/record/run_result.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns a table of the plan's runs, in its order: N by the plan's
/// convention, D, C, D/N, validation loss with its standard error, status; and
/// below it how many runs ended how, with the reasons of those that failed.
/// Columns for the seed and the variant are there when they differ.
std::string RunsText(const Plan& plan, const std::vector<RunResult>& results,
                     std::size_t width = 80);

}  // namespace isoflop
