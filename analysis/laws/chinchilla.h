// The Chinchilla law: loss as a sum of an irreducible part, a part that model
// size removes and a part that data removes; and what follows from it.
//
//   L(N, D) = E + A / N^alpha + B / D^beta
//
// Source: Hoffmann et al. 2022, eq. (2) and (4) (arXiv:2203.15556).

#pragma once

#include <array>
#include <cmath>
#include <utility>

#include "analysis/laws/law_derivatives.h"
#include "lib/core/lane_math.h"

namespace isoflop {

/// The law's five coefficients. N and D may be in any units, as long as A and B
/// are in the same: `Rescaled` changes them. Losses are nats per token.
template <typename T>
struct ChinchillaCoefficients {
  T E{};  // irreducible loss
  T A{};
  T B{};
  T alpha{};
  T beta{};
};

using Chinchilla = ChinchillaCoefficients<double>;

/// Returns L(N, D) in nats per token from ln N and ln D.
template <typename T>
T LossAtLog(const ChinchillaCoefficients<T>& law, double log_N, double log_D) {
  using std::exp;
  return law.E + law.A * exp(-law.alpha * log_N) +
         law.B * exp(-law.beta * log_D);
}

/// Returns L(N, D) in nats per token. REQUIRES: N > 0 and D > 0.
double Loss(const Chinchilla& law, double N, double D);

/// Which second derivatives DifferentiateAtLog gives; all others are 0.
inline constexpr std::array<std::pair<int, int>, 4> kChinchillaBends = {
    {{1, 3}, {3, 3}, {2, 4}, {4, 4}}};

/// Returns L and its derivatives by (E, A, B, alpha, beta) at (ln N, ln D).
ISOFLOP_INLINE LawDerivatives<5, 4> DifferentiateAtLog(const Chinchilla& law,
                                                       double log_N,
                                                       double log_D) {
  const double size = LaneExp(-law.alpha * log_N);
  const double data = LaneExp(-law.beta * log_D);
  const double A_alpha = -log_N * size;
  const double B_beta = -log_D * data;
  return {law.E + law.A * size + law.B * data,
          {1.0, size, data, law.A * A_alpha, law.B * B_beta},
          {A_alpha, -log_N * law.A * A_alpha, B_beta, -log_D * law.B * B_beta}};
}

/// Returns the same law for N and D measured in units of `N_unit` and `D_unit`:
/// Loss(Rescaled(law, u, v), N / u, D / v) = Loss(law, N, D).
Chinchilla Rescaled(const Chinchilla& law, double N_unit, double D_unit);

/// Returns a = beta / (alpha + beta), the exponent of N* in C.
double ParamsExponent(const Chinchilla& law);

/// Returns b = alpha / (alpha + beta) = 1 - a, the exponent of D* in C.
double TokensExponent(const Chinchilla& law);

/// Returns G = (alpha A / (beta B))^(1 / (alpha + beta)).
double AllocationCoefficient(const Chinchilla& law);

/// How a training budget is best spent.
struct Optimum {
  double N = 0.0;     // parameters
  double D = 0.0;     // training tokens
  double loss = 0.0;  // nats per token
};

/// Returns the (N, D) of lowest loss among those with 6 N D = C:
///
///   N* = G (C / 6)^a      D* = (C / 6)^b / G
///
/// REQUIRES: C > 0 and A, B, alpha, beta > 0.
/// Source: Hoffmann et al. 2022, eq. (4).
Optimum OptimumAt(const Chinchilla& law, double C);

}  // namespace isoflop
