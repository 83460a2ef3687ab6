// Runs that no noise explains: what the robust fits of a comparison leave
// aside, and a reader has to look at.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/compare/recipe_labels.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// A run whose loss is nowhere near its recipe's law.
struct UnexplainedRun {
  std::string recipe;
  double N = 0.0;
  double D = 0.0;
  double loss = 0.0;
  double predicted = 0.0;
  int line = 0;          // of the table; 0: of no table
  double spreads = 0.0;  // of its log residual from the median, in scales
};

/// Returns the runs whose log residual from the law of their recipe is beyond
/// ReachOfNoise, the farthest first. `parameters` of the laws were fitted. None
/// where the reach is not known. REQUIRES: a law for each recipe.
std::vector<UnexplainedRun> UnexplainedRuns(const LabelledRuns& labelled,
                                            std::span<const Chinchilla> laws,
                                            int parameters);

}  // namespace isoflop
