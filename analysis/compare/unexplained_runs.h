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
  double spreads = 0.0;  // its log residual, in robust deviations of all
};

/// A log residual beyond so many robust deviations of all residuals is no
/// noise: of normal noise there is none in any table, of Student's t with three
/// degrees of freedom, as heavy as the tails of losses get, one in 500.
inline constexpr double kUnexplained = 10.0;

/// Returns the runs that are farther from the law of their recipe, the farthest
/// first. `parameters` of the laws were fitted, which makes residuals smaller
/// than noise. REQUIRES: a law for each recipe, and more runs than parameters.
std::vector<UnexplainedRun> UnexplainedRuns(const LabelledRuns& labelled,
                                            std::span<const Chinchilla> laws,
                                            int parameters);

}  // namespace isoflop
