// Loss of models trained on more or fewer tokens per parameter than is best for
// their compute: curves of one shape, each a power of compute with the same
// exponent, raised by the distance from the best ratio.
//
//   L(C, M) = E + (a M^eta + b M^-eta) C^-eta    M = D / N, C = 6 N D
//
// It is the Chinchilla law with alpha = beta = 2 eta, A = a 6^-eta and
// B = b 6^-eta.
//
// Source: Gadre et al. 2024, eq. (4) (arXiv:2403.08540).

#pragma once

#include <cmath>

#include "analysis/laws/law_derivatives.h"

namespace isoflop {

/// The law's four coefficients.
template <typename T>
struct OvertrainingCoefficients {
  T E{};  // irreducible loss
  T a{};
  T b{};
  T eta{};  // exponent of C at any constant M
};

using Overtraining = OvertrainingCoefficients<double>;

/// Returns L in nats per token. REQUIRES: N > 0 and D > 0.
template <typename T>
T Loss(const OvertrainingCoefficients<T>& law, double N, double D) {
  using std::exp;
  const double log_M = std::log(D) - std::log(N);
  const double log_C = std::log(6.0) + std::log(N) + std::log(D);
  return law.E + law.a * exp(law.eta * (log_M - log_C)) +
         law.b * exp(-law.eta * (log_M + log_C));
}

/// Returns L and its derivatives by (E, a, b, eta).
LawDerivatives<4> Differentiate(const Overtraining& law, double N, double D);

/// Returns the tokens per parameter of lowest loss at any C:
/// M* = (b / a)^(1 / (2 eta)). REQUIRES: a, b, eta > 0.
double BestTokensPerParam(const Overtraining& law);

}  // namespace isoflop
