// Kaplan's laws: loss as a power of the one thing that limits it, and the joint
// law of size and data. None has an irreducible term; a fit that adds one says
// so.
//
// Source: Kaplan et al. 2020, eq. (1.1)-(1.5) (arXiv:2001.08361), where N does
// not count embeddings.

#pragma once

namespace isoflop {

/// L(x) = (scale / x)^exponent, where x is N, D or C; in Kaplan's symbols N_c
/// and alpha_N, and so on.
struct KaplanLaw {
  double scale = 0.0;     // in the unit of x
  double exponent = 0.0;  // positive: loss falls with x
};

/// Returns (scale / x)^exponent in nats per token. REQUIRES: x > 0.
double Loss(const KaplanLaw& law, double x);

/// L(N, D) = [(N_c / N)^(alpha_N / alpha_D) + D_c / D]^alpha_D
struct KaplanJoint {
  double N_c = 0.0;
  double D_c = 0.0;
  double alpha_N = 0.0;
  double alpha_D = 0.0;
};

/// Returns L(N, D) in nats per token. REQUIRES: N > 0 and D > 0.
/// Source: Kaplan et al. 2020, eq. (1.5).
double Loss(const KaplanJoint& law, double N, double D);

}  // namespace isoflop
