// Kaplan's laws: loss as a power of the one thing that limits it, and the joint
// law of size and data. As published none has an irreducible term; the joint
// law can have one here.
//
// Source: Kaplan et al. 2020, eq. (1.1)-(1.5) (arXiv:2001.08361), where N does
// not count embeddings.

#pragma once

#include <array>
#include <cmath>
#include <utility>

#include "analysis/laws/coupled.h"
#include "analysis/laws/law_derivatives.h"

namespace isoflop {

/// L(x) = (scale / x)^exponent, where x is N, D or C; in Kaplan's symbols N_c
/// and alpha_N, and so on.
struct KaplanLaw {
  double scale = 0.0;     // in the unit of x
  double exponent = 0.0;  // positive: loss falls with x
};

/// Returns (scale / x)^exponent in nats per token. REQUIRES: x > 0.
double Loss(const KaplanLaw& law, double x);

/// L(N, D) = E + [(N_c / N)^(alpha_N / alpha_D) + D_c / D]^alpha_D
template <typename T>
struct KaplanJointCoefficients {
  T N_c{};
  T D_c{};
  T alpha_N{};
  T alpha_D{};
  T E{};  // irreducible loss; 0 as published
};

using KaplanJoint = KaplanJointCoefficients<double>;

/// Returns L(N, D) in nats per token. REQUIRES: N > 0 and D > 0.
/// Source: Kaplan et al. 2020, eq. (1.5), which has no E.
template <typename T>
T Loss(const KaplanJointCoefficients<T>& law, double N, double D) {
  using std::exp, std::log;
  const T size = law.alpha_N / law.alpha_D * log(law.N_c / N);
  const T data = log(law.D_c / D);
  const T top = size > data ? size : data;
  const T sum = exp(size - top) + exp(data - top);
  return law.E + exp(law.alpha_D * (top + log(sum)));
}

/// Kaplan's joint law is the coupled law with kappa = 1 / alpha_D,
/// A = N_c^alpha_N and B = D_c^alpha_D.
struct KaplanPowers {
  KaplanPowers(double A, double B, double alpha_N, double alpha_D, double E)
      : coupled({E, A, B, alpha_N, alpha_D, 1.0 / alpha_D}) {}

  CoupledPowers coupled;
};

/// Which second derivatives DifferentiateAtLog gives; all others are 0.
inline constexpr std::array<std::pair<int, int>, 10> kKaplanBends = {{{0, 0},
                                                                      {0, 2},
                                                                      {2, 2},
                                                                      {1, 1},
                                                                      {1, 3},
                                                                      {3, 3},
                                                                      {0, 1},
                                                                      {0, 3},
                                                                      {1, 2},
                                                                      {2, 3}}};

/// Returns L and its derivatives by (A, B, alpha_N, alpha_D, E) at
/// (ln N, ln D): those of the coupled law, with kappa a function of alpha_D.
ISOFLOP_INLINE LawDerivatives<5, 10> DifferentiateAtLog(const KaplanPowers& law,
                                                        double log_N,
                                                        double log_D) {
  const auto d = DifferentiateAtLog(law.coupled, log_N, log_D);
  const double kappa = law.coupled.law.kappa;
  const double turn = -kappa * kappa;  // d kappa / d alpha_D
  const auto& g = d.gradient;
  const auto& b = d.bends;  // in the order of kCoupledBends
  return {d.value,
          {g[1], g[2], g[3], g[4] + turn * g[5], 1.0},
          {b[0], b[1], b[2], b[3], b[4] + turn * b[12],
           b[5] + turn * (2.0 * b[13] + turn * b[14] - 2.0 * kappa * g[5]),
           b[6], b[7] + turn * b[10], b[8], b[9] + turn * b[11]}};
}

}  // namespace isoflop
