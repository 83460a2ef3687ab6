// Where the parameters of several recipes' laws stand in one vector, and which
// of them recipes have in common.

#pragma once

#include <Eigen/Core>
#include <array>
#include <vector>

#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// kEverything: one law for all recipes, 5 parameters.
/// kExponents:  E, alpha and beta in common, A and B of each recipe: 3 + 2R.
/// kOffset:     only E in common: 1 + 4R.
enum class Sharing { kEverything, kExponents, kOffset };

/// The vector is (E, ln A..., ln B..., alpha..., beta...), in units in which
/// N, D and L are centred.
class RecipeLayout {
 public:
  /// REQUIRES: recipes >= 1.
  RecipeLayout(Sharing sharing, int recipes);

  int recipes() const { return recipes_; }
  int size() const { return 1 + 2 * scales_ + 2 * exponents_; }

  /// Returns where E, ln A, ln B, alpha and beta of a recipe are.
  std::array<int, 5> IndicesOf(int recipe) const;

  Chinchilla LawAt(const Eigen::VectorXd& point, int recipe) const;

  /// Returns the point of the laws; of what is shared, the first law's.
  /// REQUIRES: a law for each recipe, A and B > 0.
  Eigen::VectorXd PointOf(const std::vector<Chinchilla>& laws) const;

 private:
  int recipes_;
  int scales_;     // how many different A, and B
  int exponents_;  // how many different alpha, and beta
};

}  // namespace isoflop
