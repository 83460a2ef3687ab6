// A fit report made by hand, with numbers as a small real sweep gives them.

#pragma once

#include "analysis/fit/fit.h"
#include "analysis/report/exact_loss.h"
#include "analysis/report/stored_fit.h"

namespace isoflop {

/// Returns a report with every section, a bootstrap of `kSampleDraws` laws, an
/// edge minimum, and a Kaplan law that is not supported.
FitReport SampleReport();

/// Returns that report as it is read back from fit.json.
StoredFit SampleStored();

/// Returns a report without bootstrap, holdout and allocations.
FitReport SampleReportWithoutBootstrap();

/// Returns a report none of whose laws is supported.
FitReport UnsupportedReport();

inline constexpr int kSampleDraws = 3;
inline constexpr ExactLoss kSampleExact{.bayes_risk = 1.1287,
                                        .bayes_loss = 1.1188};

}  // namespace isoflop
