// From a start to a minimum: Ceres' BFGS does the way, Newton's method the last
// digits.

#pragma once

#include "analysis/fit/chinchilla_objective.h"

namespace isoflop {

/// Returns the point at which quasi-Newton descent from `start` stops.
///
/// The variables are those in which reweighted least squares at the start has
/// the identity for Hessian, so that a bad scale costs nothing.
Vector5 Descend(const ChinchillaObjective& objective, Face face,
                const Vector5& start);

/// A minimum and how well it has been reached.
struct PolishedMinimum {
  Face face = Face::kInside;
  Vector5 point = Vector5::Zero();
  LocalModel model;  // at `point`

  /// Smallest over largest eigenvalue of the Hessian with unit-scaled
  /// diagonal of `reweighted`. Not positive: no strict minimum.
  double relative_curvature = 0.0;

  /// Largest change of a coordinate by one more Newton step; infinite where
  /// the Hessian is not positive definite.
  double newton_step = 0.0;

  Chinchilla law() const { return LawAt(face, point); }
};

/// Returns the minimum near `start` after Newton steps, with a shift where the
/// Hessian is not positive definite, until none improves on the last.
PolishedMinimum Polish(const ChinchillaObjective& objective, Face face,
                       const Vector5& start);

}  // namespace isoflop
