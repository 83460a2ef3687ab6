// Kaplan's laws: loss as a power of the one thing that limits it, and the joint
// law of size and data. As published none has an irreducible term; the joint
// law can have one here.
//
// Source: Kaplan et al. 2020, eq. (1.1)-(1.5) (arXiv:2001.08361), where N does
// not count embeddings.

#pragma once

#include <cmath>

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

/// Returns L and its derivatives by (N_c, D_c, alpha_N, alpha_D, E).
LawDerivatives<5> Differentiate(const KaplanJoint& law, double N, double D);

}  // namespace isoflop
