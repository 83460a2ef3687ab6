#include "analysis/fit/law_descent.h"

#include <cmath>

namespace isoflop {
namespace {

using Eigen::VectorXd;

/// What the penalties sum to where all residuals vanish.
double LeastValue(const LawObjective& objective) {
  double least = 0.0;
  for (const LawRun& run : objective.runs()) {
    least += run.weight * objective.penalty()(0.0).value;
  }
  return least;
}

VectorXd Descend(const LawObjective& objective, const VectorXd& start) {
  const double height = objective.Value(start) - LeastValue(objective);
  if (!std::isfinite(height) || !(height > 0.0)) return start;
  const double scale = std::sqrt(2.0 / height);
  const RootFunction roots = [&](const double* z, double* values,
                                 double* jacobian) {
    return objective.RootPenalties(z, scale, values, jacobian);
  };
  return DescendRoots(roots, static_cast<int>(objective.runs().size()), start,
                      1e-8);
}

}  // namespace

LocalMinimum MinimiseFrom(const LawObjective& objective,
                          const VectorXd& start) {
  const SmoothObjective smooth{
      .value = [&](const VectorXd& z) { return objective.Value(z); },
      .model = [&](const VectorXd& z) { return objective.ModelAt(z); }};
  return PolishByNewton(
      smooth, objective.size() == 0 ? start : Descend(objective, start));
}

}  // namespace isoflop
