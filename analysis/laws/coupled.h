// The coupled law: a loss to which model size and data contribute as the legs
// of a triangle to its third side, from their sum to the larger of the two.
//
//   L(N, D) = E + (u^kappa + v^kappa)^(1 / kappa),  u = A / N^alpha,
//                                                   v = B / D^beta
//
// kappa = 1 is the Chinchilla law, kappa = 1 / beta Kaplan's joint law, and
// without end the larger of u and v alone is left. With kappa from 4 to 6 it
// follows the exact losses of one-pass SGD on power-law features (Lin et al.
// 2024, arXiv:2406.08466), which tests/fit/power_features_test.cc computes.

#pragma once

#include <array>
#include <cmath>
#include <utility>

#include "analysis/laws/chinchilla.h"
#include "analysis/laws/law_derivatives.h"
#include "lib/core/lane_math.h"

namespace isoflop {

/// The law's six coefficients, in units as those of Chinchilla.
template <typename T>
struct CoupledCoefficients {
  T E{};  // irreducible loss
  T A{};
  T B{};
  T alpha{};
  T beta{};
  T kappa{};  // 1 or more
};

using Coupled = CoupledCoefficients<double>;

/// Returns L(N, D) in nats per token. REQUIRES: N, D, A, B, kappa > 0.
template <typename T>
T Loss(const CoupledCoefficients<T>& law, double N, double D) {
  using std::exp, std::log;
  const T log_u = log(law.A) - law.alpha * std::log(N);
  const T log_v = log(law.B) - law.beta * std::log(D);
  const bool size = log_u > log_v;
  const T larger = size ? log_u : log_v;
  const T smaller = size ? log_v : log_u;
  const T ratio = exp(law.kappa * (smaller - larger));
  return law.E + exp(larger + log(T(1.0) + ratio) / law.kappa);
}

/// Which second derivatives Differentiate gives; all others are 0.
inline constexpr std::array<std::pair<int, int>, 15> kCoupledBends = {{{1, 1},
                                                                       {1, 3},
                                                                       {3, 3},
                                                                       {2, 2},
                                                                       {2, 4},
                                                                       {4, 4},
                                                                       {1, 2},
                                                                       {1, 4},
                                                                       {2, 3},
                                                                       {3, 4},
                                                                       {1, 5},
                                                                       {3, 5},
                                                                       {2, 5},
                                                                       {4, 5},
                                                                       {5, 5}}};

/// u and v at (ln N, ln D); what is the same for every run is computed once.
struct CoupledPowers {
  explicit CoupledPowers(const Coupled& at)
      : law(at), log_A(std::log(at.A)), log_B(std::log(at.B)) {}

  Coupled law;
  double log_A;
  double log_B;
};

/// Returns L and its derivatives by (E, A, B, alpha, beta, kappa) at
/// (ln N, ln D). With p the share of u^kappa in the sum and
/// T = (u^kappa + v^kappa)^(1 / kappa),
///
///   dT / d ln u = T p,  dp / d ln u = kappa p (1 - p),
///   dT / d kappa = T (p ln p + (1 - p) ln(1 - p)) / kappa^2.
ISOFLOP_INLINE LawDerivatives<6, 15> DifferentiateAtLog(
    const CoupledPowers& powers, double log_N, double log_D) {
  const Coupled& law = powers.law;
  const double kappa = law.kappa;
  const double log_u = powers.log_A - law.alpha * log_N;
  const double log_v = powers.log_B - law.beta * log_D;
  const double gap = log_u - log_v;
  const double size = kappa * (gap < 0.0 ? -gap : gap);
  const double ratio = LaneExp(-size);
  const double log_sum = LaneLog1p(ratio);
  const double least = ratio / (1.0 + ratio);
  const double p = gap < 0.0 ? least : 1.0 - least;
  const double q = gap < 0.0 ? 1.0 - least : least;
  const double top = gap < 0.0 ? log_v : log_u;
  const double total = LaneExp(top + log_sum / kappa);
  const double mix = p * q;
  const double h = -(log_sum + least * size) / (kappa * kappa);
  const double u = total * p;
  const double v = total * q;
  const double uu = total * (p * p + kappa * mix);
  const double vv = total * (q * q + kappa * mix);
  const double uv = total * mix * (1.0 - kappa);
  const double uk = total * (h * p + mix * gap);
  const double vk = total * (h * q - mix * gap);
  const double kk = total * (h * h - 2.0 * h / kappa + mix * gap * gap / kappa);
  const double by_A = 1.0 / law.A;
  const double by_B = 1.0 / law.B;
  return {
      law.E + total,
      {1.0, u * by_A, v * by_B, -log_N * u, -log_D * v, total * h},
      {(uu - u) * by_A * by_A, -log_N * uu * by_A, log_N * log_N * uu,
       (vv - v) * by_B * by_B, -log_D * vv * by_B, log_D * log_D * vv,
       uv * by_A * by_B, -log_D * uv * by_A, -log_N * uv * by_B,
       log_N * log_D * uv, uk * by_A, -log_N * uk, vk * by_B, -log_D * vk, kk}};
}

/// The same for a single run.
inline LawDerivatives<6, 15> DifferentiateAtLog(const Coupled& law,
                                                double log_N, double log_D) {
  return DifferentiateAtLog(CoupledPowers(law), log_N, log_D);
}

/// Returns the (N, D) of lowest loss among those with 6 N D = C. At a constant
/// C the sum of u^kappa and v^kappa is Chinchilla's with kappa alpha and kappa
/// beta:
///
///   N* = G (C / 6)^a,  a = beta / (alpha + beta),
///   G = [(alpha / beta) (A / B)^kappa]^(1 / (kappa (alpha + beta)))
///
/// REQUIRES: C > 0 and all coefficients but E positive.
Optimum OptimumAt(const Coupled& law, double C);

}  // namespace isoflop
