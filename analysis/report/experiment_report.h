// The analyses of a sweep as JSON, "experiments" of fit.json and claim.json,
// and as text.

#pragma once

#include <vector>

#include "analysis/fit/experiment_fit.h"
#include "analysis/report/text_page.h"
#include "lib/core/json.h"

namespace isoflop {

/// Returns one curve: {of, runs: [{x, y, passes?, predicted?}], missing,
/// left_out,
/// status, reason?, law?: as LawJson has it, crossing?: {x, before, after,
/// downwards}, equivalence?: {runs, ratio, low?, high?}}.
Json SeriesJson(const ExperimentFit& fit, const CurveSeries& series);

/// Returns [{name, value, over, series: [...]}].
Json ToJson(const std::vector<ExperimentFit>& experiments);

/// A section for each analysis: a table with a row for each curve.
void AddExperiments(const std::vector<ExperimentFit>& experiments,
                    TextPage* page);

}  // namespace isoflop
