// What a law leaves unexplained, run by run, and whether that goes with N, D, C
// or D/N: noise does not, a law of the wrong form does.

#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/fit/observation.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// One run beside what the law says of it.
struct RunResidual {
  std::size_t run = 0;        // index into the observations
  double predicted = 0.0;     // nats per token
  double log_residual = 0.0;  // ln L_predicted - ln L
};

/// How the residuals go with one quantity, by Spearman's rank correlation,
/// which a few wild runs cannot move.
struct ResidualTrend {
  std::string_view quantity;  // "N", "D", "C" or "D/N"
  double slope = 0.0;         // of the residual with the quantity
  double bend = 0.0;  // with its distance from the middle, in ranks: what a
                      // law with too straight or too bent a curve leaves

  /// Size beyond which a correlation is no chance: 3 / sqrt(runs - 1).
  double significant = 0.0;

  bool notable() const;
};

struct Residuals {
  std::vector<RunResidual> runs;  // in the order of the observations
  std::array<ResidualTrend, 4> trends;
};

/// REQUIRES: at least 3 observations, all numbers positive.
Residuals ResidualsOf(std::span<const Observation> observations,
                      const Chinchilla& law);

/// Returns up to `count` runs of largest magnitude, the largest first.
std::vector<RunResidual> Worst(const Residuals& residuals, std::size_t count);

}  // namespace isoflop
