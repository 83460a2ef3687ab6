// Runs that no noise of the others explains: diverged, stopped early, mistyped,
// or of another experiment.

#pragma once

#include <optional>
#include <vector>

#include "analysis/diagnose/residuals.h"

namespace isoflop {

struct Outliers {
  std::vector<RunResidual> runs;  // the farthest first; mostly none
  double scale = 0.0;             // scatter of the log residuals of all runs
  double limit = 0.0;             // largest |log residual - median| of noise
};

/// Finds the runs whose log residual is beyond ReachOfNoise. Nothing where that
/// is not known.
std::optional<Outliers> OutliersOf(const Residuals& residuals,
                                   int coefficients);

}  // namespace isoflop
