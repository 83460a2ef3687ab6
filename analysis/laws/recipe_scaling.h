// What it means that one recipe is better than another: how much smaller a
// model, how much less data, or how much less compute does the same.
//
//   L_r(N, D) = E + A / (rho_N N)^alpha + B / (rho_D D)^beta
//
// A recipe is anything beside N and D that changes the loss: an optimiser, an
// architecture, a data mixture. The reference has rho_N = rho_D = 1.
//
// Source: Volkova et al. 2026 (arXiv:2602.07712).

#pragma once

#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// rho_N and rho_D: the recipe's model of N parameters does what the
/// reference's does with rho_N N, and likewise its D tokens.
struct Efficiency {
  double params = 1.0;
  double tokens = 1.0;
};

/// Returns the efficiency of a recipe that has A_r and B_r:
///
///   rho_N = (A / A_r)^(1/alpha)      rho_D = (B / B_r)^(1/beta)
///
/// REQUIRES: the laws have the same E, alpha and beta.
Efficiency EfficiencyOf(const Chinchilla& recipe, const Chinchilla& reference);

/// Returns ln M, where M C is the compute at which the reference reaches the
/// loss that the recipe reaches with C, both compute-optimal with C = 6 N D.
/// With the same alpha and beta M = rho_N rho_D, whatever C.
/// REQUIRES: the laws have the same E; C > 0.
double LogComputeMultiplier(const Chinchilla& recipe,
                            const Chinchilla& reference, double C);

}  // namespace isoflop
