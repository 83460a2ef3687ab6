// Runs that no noise of the others explains: diverged, stopped early, mistyped,
// or of another experiment.

#pragma once

#include <optional>
#include <vector>

#include "analysis/diagnose/residuals.h"

namespace isoflop {

/// One table in so many of noise alone has an outlier.
inline constexpr double kFalseOutliers = 0.02;

struct Outliers {
  std::vector<RunResidual> runs;  // the farthest first; mostly none
  double scale = 0.0;             // scatter s of the log residuals of all runs
  double limit = 0.0;             // largest |log residual - median| of noise
};

/// Finds the runs whose log residual is farther from the median m than
///
///   limit = t s,  s = ScaledMedianDeviation sqrt(n / (n - p)),
///
/// n runs and p fitted coefficients, which neither a few wild runs nor a
/// penalty that they bend can move. t is the point of Student's t beyond which,
/// on either side, lies kFalseOutliers / n of it, with .37 (n - p) degrees of
/// freedom, as s is worth so many runs. Losses are taken to be right to
/// kRoundedLoss: scatter below that is their rounding.
///
/// Nothing with fewer than kFewestForOutliers runs more than coefficients.
std::optional<Outliers> OutliersOf(const Residuals& residuals,
                                   int coefficients);

inline constexpr int kFewestForOutliers = 5;
inline constexpr double kRoundedLoss = 1e-5;  // relative

}  // namespace isoflop
