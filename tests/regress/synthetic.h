// Observations that lie on a known law, with and without noise, and the
// published ones.

#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/observe/observation.h"
#include "lib/core/random.h"

namespace isoflop {

inline Observation MakeObservation(double N, double D, double L) {
  Observation o;
  o.N = N;
  o.D = D;
  o.L = L;
  o.C = SixND(N, D);
  return o;
}

/// `count` values from `low` on, each twice the one before.
inline std::vector<double> Doubling(double low, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(std::ldexp(low, i));
  return values;
}

/// Every size with every number of tokens, exactly on the law.
inline std::vector<Observation> FullGrid(const Chinchilla& law,
                                         const std::vector<double>& sizes,
                                         const std::vector<double>& tokens) {
  std::vector<Observation> grid;
  for (const double N : sizes) {
    for (const double D : tokens) {
      grid.push_back(MakeObservation(N, D, Loss(law, N, D)));
    }
  }
  return grid;
}

/// At each budget `points` sizes, evenly spaced in ln N from the optimum over
/// `half_width` to the optimum times `half_width`, exactly on the law.
inline std::vector<Observation> IsoflopGrid(const Chinchilla& law,
                                            const std::vector<double>& budgets,
                                            int points, double half_width) {
  std::vector<Observation> grid;
  for (const double C : budgets) {
    const double best = OptimumAt(law, C).N;
    for (int i = 0; i < points; ++i) {
      const double share = 2.0 * i / (points - 1) - 1.0;
      const double N = best * std::pow(half_width, share);
      const double D = C / (6.0 * N);
      grid.push_back(MakeObservation(N, D, Loss(law, N, D)));
    }
  }
  return grid;
}

/// Multiplies every loss by exp(sigma z), z standard normal.
inline std::vector<Observation> WithNoise(std::vector<Observation> exact,
                                          double sigma, std::uint64_t seed) {
  RandomStream stream(seed);
  for (Observation& o : exact) o.L *= std::exp(sigma * stream.Normal());
  return exact;
}

inline ObservationSet MakeSet(std::vector<Observation> rows) {
  ObservationSet set;
  set.rows = std::move(rows);
  set.source = "synthetic";
  return set;
}

/// A law and a design like those of a small sweep.
inline constexpr Chinchilla kSmallLaw{
    .E = 1.12, .A = 190.0, .B = 820.0, .alpha = 0.56, .beta = 0.58};

inline std::vector<Observation> SmallSweep() {
  std::vector<double> budgets;
  for (int i = 0; i < 6; ++i) budgets.push_back(2e10 * std::pow(10.0, i / 3.0));
  return IsoflopGrid(kSmallLaw, budgets, 7, 4.0);
}

/// The points of Besiroglu et al. 2024 (arXiv:2404.10102).
inline std::filesystem::path BesirogluPath() {
  return std::filesystem::path(ISOFLOP_SOURCE_DIR) /
         "../shared/data/analyzing-chinchilla/svg_extracted_data.csv";
}

}  // namespace isoflop

/// Ends the test, with a message, where the published data are not at hand.
#define ISOFLOP_NEED_BESIROGLU()                                  \
  if (!std::filesystem::exists(::isoflop::BesirogluPath())) {     \
    GTEST_SKIP() << "no " << ::isoflop::BesirogluPath().string(); \
  }                                                               \
  static_assert(true)
