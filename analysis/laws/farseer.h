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

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

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

/// Which second derivatives DifferentiateAtLog gives; all others are 0: those
/// by the coefficients of one power of N, and of the two that the data term
/// has.
inline constexpr std::array<std::pair<int, int>, 27> kFarseerBends = [] {
  std::array<std::pair<int, int>, 27> bends = {};
  std::size_t next = 0;
  for (int j = 0; j < 9; ++j) {
    for (int k = j; k < 9; ++k) {
      const bool of_data = j < 6 && k < 6;
      if (of_data || j / 3 == k / 3) bends[next++] = {j, k};
    }
  }
  return bends;
}();

/// a N^q + b, its derivatives by (a, b, q), and those second derivatives by
/// (a, q) and (q, q) that are not 0.
struct PowerOfSize {
  ISOFLOP_INLINE PowerOfSize(double a, double b, double q, double log_N)
      : by_a(LaneExp(q * log_N)),
        by_q(a * by_a * log_N),
        by_aq(by_a * log_N),
        by_qq(by_q * log_N),
        value(a * by_a + b) {}

  double by_a, by_q, by_aq, by_qq;
  double value;
};

/// Returns L and its derivatives by (a1, b1, alpha, a2, b2, beta, a3, b3,
/// gamma) at (ln N, ln D). With u, t and s the three powers of N,
///
///   L = exp(s) + d,  d = exp(t - exp(u) ln D),  dd/dt = d,
///   dd/du = -d exp(u) ln D,  d2d/du2 = (1 - exp(u) ln D) dd/du.
ISOFLOP_INLINE LawDerivatives<9, 27> DifferentiateAtLog(const Farseer& law,
                                                        double log_N,
                                                        double log_D) {
  const PowerOfSize u(law.a1, law.b1, law.alpha, log_N);
  const PowerOfSize t(law.a2, law.b2, law.beta, log_N);
  const PowerOfSize s(law.a3, law.b3, law.gamma, log_N);
  const double fall = LaneExp(u.value) * log_D;
  const double data = LaneExp(t.value - fall);
  const double size = LaneExp(s.value);
  const double du = -data * fall;
  const double duu = du * (1.0 - fall);
  return {size + data,
          {du * u.by_a, du, du * u.by_q, data * t.by_a, data, data * t.by_q,
           size * s.by_a, size, size * s.by_q},
          {duu * u.by_a * u.by_a,
           duu * u.by_a,
           duu * u.by_a * u.by_q + du * u.by_aq,
           du * u.by_a * t.by_a,
           du * u.by_a,
           du * u.by_a * t.by_q,
           duu,
           duu * u.by_q,
           du * t.by_a,
           du,
           du * t.by_q,
           duu * u.by_q * u.by_q + du * u.by_qq,
           du * u.by_q * t.by_a,
           du * u.by_q,
           du * u.by_q * t.by_q,
           data * t.by_a * t.by_a,
           data * t.by_a,
           data * (t.by_a * t.by_q + t.by_aq),
           data,
           data * t.by_q,
           data * (t.by_q * t.by_q + t.by_qq),
           size * s.by_a * s.by_a,
           size * s.by_a,
           size * (s.by_a * s.by_q + s.by_aq),
           size,
           size * s.by_q,
           size * (s.by_q * s.by_q + s.by_qq)}};
}

}  // namespace isoflop
