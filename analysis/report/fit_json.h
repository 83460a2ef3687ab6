// fit.json: a fit as a file, for programs. docs/interface.md is its contract
// and sweeps/schema/fit.schema.json its grammar.

#pragma once

#include "analysis/fit/fit.h"
#include "analysis/report/exact_loss.h"
#include "lib/core/json.h"

namespace isoflop {

inline constexpr std::string_view kFitSchema = "isoflop.fit/1";
inline constexpr std::string_view kChinchillaFormula =
    "L = E + A/N^alpha + B/D^beta";

/// Returns the whole report. A number that does not exist, or is not finite,
/// has no key. "draws" at the end are the laws of the bootstrap, as rows
/// [E, A, B, alpha, beta], so that intervals at any budget need no refit.
Json ToJson(const FitReport& report, const ExactLoss& exact = {});

}  // namespace isoflop
