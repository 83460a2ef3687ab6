// Where descents of Approach 3 begin: the best law for each pair of exponents.

#pragma once

#include <vector>

#include "analysis/fit/chinchilla_objective.h"

namespace isoflop {

/// A start, and the weighted sum of squares of its relative residuals
/// L_predicted / L - 1.
struct Start {
  Chinchilla law;  // for centred N and D
  double squares = 0.0;
};

/// The (alpha, beta) grid with what its starts need of the data. Keeps the
/// powers of N and D, so that a bootstrap need not compute them again.
class StartGrid {
 public:
  /// `exponents`: how many values from 0.03 to 3 each of alpha and beta takes,
  /// in equal ratios. REQUIRES: exponents >= 2.
  StartGrid(const ChinchillaObjective& objective, int exponents);

  /// Returns one start for each (alpha, beta): E, A and B by non-negative
  /// least squares of L_predicted / L on 1, with the objective's weights. A
  /// term that comes out as nothing is given a little, to descend from.
  std::vector<Start> Starts(const ChinchillaObjective& objective) const;

 private:
  std::vector<double> exponents_;
  /// N^-alpha / L and D^-beta / L for each exponent, in the objective's units.
  std::vector<std::vector<double>> size_terms_;
  std::vector<std::vector<double>> data_terms_;
};

}  // namespace isoflop
