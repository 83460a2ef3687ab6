// Runs in blocks of fixed size, so that the sums of an objective are computed
// for several runs at a time and nothing is allocated.

#pragma once

#include <Eigen/Core>

#include "analysis/fit/penalty.h"

namespace isoflop {

inline constexpr int kLanes = 16;  // runs in a block
using Lanes = Eigen::Array<double, kLanes, 1>;

/// Return exp(x) and ln(x). By the C library, which takes the widest
/// instructions of the processor at hand; Eigen takes those that it was
/// compiled for.
Lanes Exp(const Lanes& x);
Lanes Log(const Lanes& x);

/// As LossPoint, one lane a run. What is left of the last block repeats its
/// last run with weight 0.
struct RunBlock {
  Lanes log_N;
  Lanes log_D;
  Lanes loss;
  Lanes log_loss;
  Lanes weight;
};

/// As PenaltyValue.
struct PenaltyLanes {
  Lanes value;
  Lanes slope;
  Lanes curvature;
};

PenaltyLanes PenaltyAt(const Penalty& penalty, const Lanes& r);

/// As Penalty::SquareWeight, from the penalty at r.
inline Lanes SquareWeights(const PenaltyLanes& penalty, const Lanes& r) {
  return (r == 0.0).select(penalty.curvature, penalty.slope / r);
}

}  // namespace isoflop
