// Loss when tokens are seen more than once: the Chinchilla law of effective
// size and effective data, both of which saturate as data are repeated.
//
//   L(N, D, U) = E + A / N'^alpha + B / D'^beta
//   D' = U_D + U_D R_D* (1 - exp(-R_D / R_D*))    R_D = D / U_D - 1
//   N' = U_N + U_N R_N* (1 - exp(-R_N / R_N*))    R_N = max(N / U_N - 1, 0)
//   U_D = min(U, D)    U_N = min(N, G (G U_D)^(beta / alpha))
//   G = (alpha A / (beta B))^(1 / (alpha + beta))
//
// U are the unique tokens there are, U_N the size for which they would be the
// best amount of data. Without repetition (D <= U) D' is D.
//
// Source: Muennighoff et al. 2023, eq. (5)-(7) (arXiv:2305.16264).

#pragma once

#include <limits>

#include "analysis/laws/chinchilla.h"
#include "analysis/laws/law_derivatives.h"

namespace isoflop {

/// The law's seven coefficients, in units as those of Chinchilla.
template <typename T>
struct RepeatedDataCoefficients {
  T E{};  // irreducible loss
  T A{};
  T B{};
  T alpha{};
  T beta{};
  T R_D{};  // R_D*: repetitions after which 1 - 1/e of their worth is used up
  T R_N{};  // R_N*: the same for parameters beyond U_N; either may be infinite
};

using RepeatedData = RepeatedDataCoefficients<double>;

/// Returns what `amount`, of which `unique` is worth its full count, is worth:
///   unique (1 + R* (1 - exp(-R / R*))), R = amount / unique - 1,
/// or all of it when R* is infinite. REQUIRES: 0 < unique and 0 < R*.
template <typename T>
T EffectiveAmount(double amount, const T& unique, const T& half_life) {
  using std::expm1;
  constexpr double kUnlimited = std::numeric_limits<double>::infinity();
  if (!(T(amount) > unique) || half_life == T(kUnlimited)) return T(amount);
  const T repeats = amount / unique - 1.0;
  return unique * (1.0 - half_life * expm1(-repeats / half_life));
}

/// Returns L in nats per token. REQUIRES: N, D, U > 0.
template <typename T>
T Loss(const RepeatedDataCoefficients<T>& law, double N, double D, double U) {
  using std::exp, std::log, std::pow;
  const double U_D = U < D ? U : D;
  const T log_U_N =
      (log(law.alpha * law.A / (law.beta * law.B)) + law.beta * std::log(U_D)) /
      law.alpha;
  const T size = EffectiveAmount(N, T(exp(log_U_N)), law.R_N);
  const T data = EffectiveAmount(D, T(U_D), law.R_D);
  return law.E + law.A * pow(size, -law.alpha) + law.B * pow(data, -law.beta);
}

/// Returns L and its derivatives by (E, A, B, alpha, beta, R_D*, R_N*).
LawDerivatives<7> Differentiate(const RepeatedData& law, double N, double D,
                                double U);

/// Returns the (N, D) of lowest loss among those with 6 N D = C, when there are
/// `U` unique tokens and more than that means repetition. N*'s relative error
/// is below 1e-12.
/// REQUIRES: C, U > 0 and all coefficients but E are positive.
Optimum OptimumAt(const RepeatedData& law, double C, double U);

}  // namespace isoflop
