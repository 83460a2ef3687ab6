#include "analysis/fit/recipe_descent.h"

#include <cmath>

namespace isoflop {

using Eigen::VectorXd;

namespace {

VectorXd Descend(const RecipeObjective& objective, const VectorXd& start) {
  const double height = objective.Value(start);
  if (!std::isfinite(height) || !(height > 0.0)) return start;
  const double scale = std::sqrt(2.0 / height);
  const RootFunction roots = [&](const double* point, double* values,
                                 double* jacobian) {
    const Eigen::Map<const VectorXd> at(point, start.size());
    return objective.RootPenalties(at, scale, values, jacobian);
  };
  return DescendRoots(roots, objective.runs(), start, 1e-6);
}

}  // namespace

LocalMinimum MinimiseFrom(const RecipeObjective& objective,
                          const VectorXd& start) {
  const SmoothObjective smooth{
      .value = [&](const VectorXd& point) { return objective.Value(point); },
      .model = [&](const VectorXd& point) { return objective.ModelAt(point); }};
  return PolishByNewton(smooth, Descend(objective, start));
}

}  // namespace isoflop
