// A plan as a person reads it, before anything is spent.

#pragma once

#include <optional>
#include <string>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns the data, a table with a row per run, what is left out and why, the
/// totals with and without shared trunks, and advice. `wall_seconds` is the
/// estimated duration, `machine` what it was estimated for.
std::string PlanText(const Plan& plan, std::optional<double> wall_seconds,
                     const std::string& machine);

}  // namespace isoflop
