// The laws of a fit report as sections of fit.json, one function each.

#pragma once

#include <string>

#include "analysis/fit/fit.h"
#include "analysis/report/exact_loss.h"
#include "lib/core/json.h"

namespace isoflop {

/// Returns {"status"} and, when it is "unsupported", {"reason"}.
Json StatusJson(FitStatus status, const std::string& reason);

/// Returns {"starts", "agreeing", "distinct_minima", "sample" (unless it is 0),
/// "gradient_norm", "condition_number", "converged", "certified"}.
Json ToJson(const Certificate& certificate);

/// Returns {"E", "A", "B", "alpha", "beta"}.
Json ToJson(const Chinchilla& law);

/// The section "chinchilla"; what is known exactly goes beside the estimate as
/// "reference". REQUIRES: report.chinchilla is there.
Json ChinchillaSection(const FitReport& report, const ExactLoss& exact);

/// The sections "isoflop", "envelope" and "kaplan".
Json ToJson(const IsoflopFit& fit);
Json ToJson(const EnvelopeFit& fit);
Json ToJson(const KaplanFit& fit);

/// One element of "holdout".
Json ToJson(const Holdout& holdout);

}  // namespace isoflop
