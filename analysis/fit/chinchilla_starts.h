// Where descents of Approach 3 begin: the best law for each pair of exponents.

#pragma once

#include <Eigen/Core>
#include <utility>
#include <vector>

#include "analysis/fit/chinchilla_objective.h"
#include "analysis/fit/held_coefficients.h"

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
  /// in equal ratios; the held value alone where one is held, and only equal
  /// ones where they are tied. REQUIRES: exponents >= 2.
  StartGrid(const ChinchillaObjective& objective, const HeldCoefficients& held,
            int exponents);

  /// Returns one start for each (alpha, beta): E, A and B by non-negative
  /// least squares of L_predicted / L on 1, with the objective's weights. A
  /// term that comes out as nothing is given a little, to descend from. Where
  /// there is only one pair, a law of equal terms is a second start.
  std::vector<Start> Starts(const ChinchillaObjective& objective) const;

 private:
  /// Weighted sums of the products of the columns and of the columns.
  struct Moments {
    Eigen::MatrixXd products;
    Eigen::RowVectorXd right_side;
    double weight = 0.0;
  };

  Start StartAt(const Moments& moments, int i, int j) const;

  HeldCoefficients held_;
  std::vector<double> alphas_;
  std::vector<double> betas_;
  std::vector<std::pair<int, int>> pairs_;  // indices of alphas_ and betas_

  /// A row a run, in the objective's units: 1 / L, N^-alpha / L for each alpha
  /// and D^-beta / L for each beta; and the largest entry of each column.
  Eigen::MatrixXd columns_;
  Eigen::RowVectorXd largest_;
};

}  // namespace isoflop
