// From a start to a minimum: Ceres' Levenberg-Marquardt (TinySolver) does the
// way, Newton's method the last digits.

#pragma once

#include "analysis/fit/chinchilla_objective.h"

namespace isoflop {

/// Returns the point at which Levenberg-Marquardt from `start` along the
/// directions of `face` stops. Its residuals are the roots of the penalties
/// less the least penalty there is, so that it goes down on the objective
/// itself, however robust the penalty and whatever the sign of the objective.
Vector5 Descend(const ChinchillaObjective& objective, const Face& face,
                const Vector5& start);

/// A minimum and how well it has been reached.
struct PolishedMinimum {
  Face face;
  Vector5 point = Vector5::Zero();
  LocalModel model;  // at `point`

  /// Smallest over largest eigenvalue of the Hessian with unit-scaled
  /// diagonal of `reweighted`. Not positive: no strict minimum.
  double relative_curvature = 0.0;

  /// Largest change along a direction by one more Newton step; infinite where
  /// the Hessian is not positive definite.
  double newton_step = 0.0;

  Chinchilla law() const { return LawAt(face.chart, point); }
};

/// Returns the minimum near `start` after Newton steps, with a shift where the
/// Hessian is not positive definite, until none improves on the last.
PolishedMinimum Polish(const ChinchillaObjective& objective, const Face& face,
                       const Vector5& start);

}  // namespace isoflop
