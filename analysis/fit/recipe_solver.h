// The joint fit of several recipes' laws: starts, descent, and what is known of
// the minimum.
//
// For given exponents E, every A_r and every B_r are a linear problem, so
// starts are spread over (alpha, beta), and put at the exponents of each
// recipe's own fit. From each, Levenberg-Marquardt (Ceres) goes down in all
// parameters at once; Newton's method polishes.

#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/minimise.h"
#include "analysis/fit/recipe_fit.h"
#include "analysis/fit/recipe_objective.h"

namespace isoflop {

/// Exponents to start from.
struct Exponents {
  double alpha = 0.0;
  double beta = 0.0;
};

/// A point at which a descent ended, in centred units.
struct RecipeMinimum : LocalMinimum {
  bool with_offset = true;  // false: on the bound E = 0
};

/// Solves one joint problem for changing weights. Copy it for use in a thread.
class RecipeSolver {
 public:
  /// REQUIRES: as RecipeData; recipes are numbered from 0 to `recipes` - 1.
  RecipeSolver(RecipeData data, int recipes, Sharing sharing,
               const Penalty& penalty);

  /// Descends from a grid and from `exponents`.
  RecipeFit Solve(std::span<const Exponents> exponents) const;

  /// Returns the laws for weights multiplied by `factors`, from `estimate` and
  /// from the start that suits these weights best; nothing when there are none.
  std::optional<std::vector<Chinchilla>> SolveAgain(
      std::span<const double> factors, const std::vector<Chinchilla>& estimate);

 private:
  std::vector<Eigen::VectorXd> Grid() const;
  std::vector<Eigen::VectorXd> Starts(
      std::span<const Exponents> exponents) const;
  Eigen::VectorXd StartAt(const Exponents& exponents) const;
  RecipeObjective Objective(bool with_offset) const;
  RecipeMinimum Minimise(const Eigen::VectorXd& start) const;
  RecipeMinimum MinimiseWithin(const Eigen::VectorXd& start,
                               bool with_offset) const;
  bool FallsByOffset(const RecipeMinimum& bound) const;
  Eigen::MatrixXd GivenJacobian(const RecipeMinimum& minimum) const;
  std::optional<double> ConditionOf(const RecipeMinimum& minimum) const;
  bool HasTerm(const RecipeMinimum& minimum, double Chinchilla::*coefficient,
               double Chinchilla::*exponent, double RecipePoint::*log_of) const;
  Certificate Certify(const std::vector<RecipeMinimum>& minima,
                      const RecipeMinimum& lowest) const;
  std::string Defect(const RecipeMinimum& minimum) const;
  std::vector<Chinchilla> LawsOf(const RecipeMinimum& minimum) const;
  double SquaresAt(const std::vector<Chinchilla>& laws) const;

  RecipeData data_;
  RecipeLayout layout_;
  Penalty penalty_;
};

}  // namespace isoflop
