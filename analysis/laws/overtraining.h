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

#include <array>
#include <cmath>
#include <utility>

#include "analysis/laws/law_derivatives.h"
#include "lib/core/lane_math.h"

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

/// Which second derivatives DifferentiateAtLog gives; all others are 0.
inline constexpr std::array<std::pair<int, int>, 3> kOvertrainingBends = {
    {{1, 3}, {2, 3}, {3, 3}}};

/// Returns L and its derivatives by (E, a, b, eta) at (ln N, ln D).
ISOFLOP_INLINE LawDerivatives<4, 3> DifferentiateAtLog(const Overtraining& law,
                                                       double log_N,
                                                       double log_D) {
  constexpr double kLog6 = 1.791759469228055;
  const double log_size = kLog6 + 2.0 * log_N;  // ln(C / M)
  const double log_data = kLog6 + 2.0 * log_D;  // ln(C M)
  const double size = LaneExp(-law.eta * log_size);
  const double data = LaneExp(-law.eta * log_data);
  const double by_size = -log_size * law.a * size;
  const double by_data = -log_data * law.b * data;
  return {law.E + law.a * size + law.b * data,
          {1.0, size, data, by_size + by_data},
          {-log_size * size, -log_data * data,
           -log_size * by_size - log_data * by_data}};
}

/// Returns the tokens per parameter of lowest loss at any C:
/// M* = (b / a)^(1 / (2 eta)). REQUIRES: a, b, eta > 0.
double BestTokensPerParam(const Overtraining& law);

}  // namespace isoflop
