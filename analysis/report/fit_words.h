// What a fit comes to, in plain words: what to believe, which law the data
// prefer, and what to be careful about. The numbers decide; this only says it.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/fit_report.h"
#include "analysis/report/exact_loss.h"

namespace isoflop {

/// Returns the finished report of a fit to runs with the sentences that it
/// gives rise to: the verdict of the comparison of laws, the misfit, the bias
/// of Approach 2, warnings and notes. `exact` is what is known of the data.
FitReport InWords(FitReport report, const ExactLoss& exact = {});

/// Returns what Approach 3 misses, and whose exponent to believe instead.
/// REQUIRES: there is a misfit.
std::string MisfitInWords(const FitReport& report);

/// Returns which law the data prefer and by how much, one sentence each, or why
/// they cannot say so. REQUIRES: the comparison is judged.
std::vector<std::string> VerdictInWords(const LawComparison& comparison,
                                        LossUnit unit);

/// Returns what Approach 2 gets wrong on this grid; empty when it is little.
std::string BiasInWords(const IsoflopFit& fit);

/// Returns Approach 3, which other laws look at, whether it is reported or not;
/// likewise its bootstrap.
const std::optional<ChinchillaFit>& Surface(const FitReport& report);
const std::optional<ChinchillaBootstrap>& SurfaceBootstrap(
    const FitReport& report);

}  // namespace isoflop
