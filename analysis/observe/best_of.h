// Of runs that differ in settings, the best: --best-of.

#pragma once

#include <string>
#include <vector>

#include "analysis/observe/observation.h"

namespace isoflop {

/// Keeps, of the runs of one label at each (N, D), those with the combination
/// of `settings` that has the lowest mean loss: a run, or all seeds of it. A
/// note says how many are left. Does nothing without settings. Throws Error for
/// a setting that is no column, naming those that there are.
///
/// The lowest of several noisy losses is lower than the mean of what it
/// measures, by about as much as their noise.
void TakeBest(const std::vector<std::string>& settings,
              LabelledObservations* observations);

}  // namespace isoflop
