// A loss surface whose data exponent depends on model size.
//
//   L(N, D) = exp(a3 N^gamma + b3)
//           + exp(a2 N^beta + b2) D^-exp(a1 N^alpha + b1)
//
// The first term is the loss of a size with endless data; with a1 = a2 = 0 the
// second is Chinchilla's B / D^beta.
//
// Source: Li et al. 2025, "Farseer", eq. (3), whose N is non-embedding
// (arXiv:2506.10972).

#pragma once

#include <cmath>

#include "analysis/laws/law_derivatives.h"
#include "lib/core/lane_math.h"

namespace isoflop {

/// The law's nine coefficients, in the paper's symbols; each may have any sign.
template <typename T>
struct FarseerCoefficients {
  T a1{};
  T b1{};
  T alpha{};
  T a2{};
  T b2{};
  T beta{};
  T a3{};
  T b3{};
  T gamma{};
};

using Farseer = FarseerCoefficients<double>;

/// Returns L in nats per token. REQUIRES: N > 0 and D > 0.
template <typename T>
T Loss(const FarseerCoefficients<T>& law, double N, double D) {
  using std::exp;
  const double log_N = std::log(N);
  const T exponent = exp(law.a1 * exp(law.alpha * log_N) + law.b1);
  const T log_data = law.a2 * exp(law.beta * log_N) + law.b2;
  const T log_size = law.a3 * exp(law.gamma * log_N) + law.b3;
  return exp(log_size) + exp(log_data - exponent * std::log(D));
}

/// Returns L and its derivatives by (a1, b1, alpha, a2, b2, beta, a3, b3,
/// gamma) at (ln N, ln D).
ISOFLOP_INLINE LawDerivatives<9> DifferentiateAtLog(const Farseer& law,
                                                    double log_N,
                                                    double log_D) {
  const double power1 = LaneExp(law.alpha * log_N);
  const double power2 = LaneExp(law.beta * log_N);
  const double power3 = LaneExp(law.gamma * log_N);
  const double exponent = LaneExp(law.a1 * power1 + law.b1);
  const double data = LaneExp(law.a2 * power2 + law.b2 - exponent * log_D);
  const double size = LaneExp(law.a3 * power3 + law.b3);
  const double by_b1 = -data * exponent * log_D;
  return {size + data,
          {by_b1 * power1, by_b1, by_b1 * law.a1 * power1 * log_N,
           data * power2, data, data * law.a2 * power2 * log_N, size * power3,
           size, size * law.a3 * power3 * log_N},
          {}};
}

}  // namespace isoflop
