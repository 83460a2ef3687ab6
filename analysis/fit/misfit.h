// Whether the Chinchilla law has the wrong form for these data, which a
// certificate does not see, and which exponent of N* to believe then.

#pragma once

#include <optional>
#include <string>

#include "analysis/diagnose/residuals.h"
#include "analysis/fit/fit_report.h"

namespace isoflop {

/// A trend of residuals tells of a wrong form by itself when its rank
/// correlation is beyond both of these, the second over sqrt(runs - 1).
inline constexpr double kStrongTrend = 0.5;
inline constexpr double kStrongDeviations = 4.0;

/// Another law shows that the form is wrong when the variance of its residuals
/// is this many times smaller, rms over a third, and by chance less often.
inline constexpr double kSmallerVariance = 9.0;
inline constexpr double kByChance = 1e-3;

/// Returns what Approach 3 misses, if its form does not suit the data:
///
///   a trend of its residuals is strong (above), or it is notable and a
///   certified law of N and D leaves a variance, per degree of freedom,
///   kSmallerVariance times smaller, with F and its degrees of freedom
///   rarer than kByChance.
///
/// Nothing where one run makes up half of a sum of squares: it may have bent
/// the law. The exponent to believe is that of the other law, or without one
/// that of Approach 2. REQUIRES: the report has its fits, intervals and
/// diagnostics.
std::optional<Misfit> FindMisfit(const FitReport& report);

}  // namespace isoflop
