// The Chinchilla law: loss as a sum of an irreducible part, a part that model
// size removes and a part that data removes; and what follows from it.
//
//   L(N, D) = E + A / N^alpha + B / D^beta
//
// Source: Hoffmann et al. 2022, eq. (2) and (4) (arXiv:2203.15556).

#pragma once

#include <array>
#include <cmath>

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

/// L and its derivatives with respect to (E, A, B, alpha, beta), in this order.
/// The Hessian has four distinct entries that are not zero.
struct ChinchillaDerivatives {
  double loss = 0.0;
  std::array<double, 5> gradient{};
  double A_alpha = 0.0;      // d2L / dA dalpha
  double alpha_alpha = 0.0;  // d2L / dalpha^2
  double B_beta = 0.0;       // d2L / dB dbeta
  double beta_beta = 0.0;    // d2L / dbeta^2
};

/// Returns L and its derivatives at (ln N, ln D).
inline ChinchillaDerivatives DifferentiateAtLog(const Chinchilla& law,
                                                double log_N, double log_D) {
  const double size = std::exp(-law.alpha * log_N);
  const double data = std::exp(-law.beta * log_D);
  ChinchillaDerivatives d;
  d.loss = law.E + law.A * size + law.B * data;
  d.A_alpha = -log_N * size;
  d.alpha_alpha = -log_N * law.A * d.A_alpha;
  d.B_beta = -log_D * data;
  d.beta_beta = -log_D * law.B * d.B_beta;
  d.gradient = {1.0, size, data, law.A * d.A_alpha, law.B * d.B_beta};
  return d;
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
