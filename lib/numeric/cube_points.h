// A sequence of points that fills the unit cube evenly, however many are taken.

#pragma once

#include <Eigen/Core>

namespace isoflop {

/// Returns point `index` of the sequence: the additive recurrence by powers of
/// 1 / phi, phi^(d + 1) = phi + 1, in d dimensions.
/// Source: Roberts 2018, "The unreasonable effectiveness of quasirandom
/// sequences". REQUIRES: index >= 0.
Eigen::VectorXd CubePoint(Eigen::Index dimensions, int index);

}  // namespace isoflop
