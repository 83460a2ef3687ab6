// The section "runs" of fit.json: what the laws were fitted to, so that whoever
// draws or checks them needs no table beside.

#pragma once

#include <cstddef>

#include "analysis/fit/fit_report.h"
#include "lib/core/json.h"

namespace isoflop {

/// Of more runs "runs" has so many: the extremes, the lower envelope of the
/// loss over C, and of the others every so manieth (ThinPoints).
inline constexpr std::size_t kMostRuns = 2000;

/// Returns one object a run: its index among those used as "run", "params",
/// "tokens", "flops", "loss", and where they are known "loss_std" and "budget",
/// the index of its budget of Approach 2.
Json FittedRunsJson(const FitReport& report);

}  // namespace isoflop
