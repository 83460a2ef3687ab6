// What a law leaves unexplained, run by run, and whether that goes with N, D, C
// or D/N: noise does not, a law of the wrong form does.

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/observe/observation.h"

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

  double size() const;  // of the slope or the bend, whichever is larger
  bool notable() const;
};

struct Residuals {
  std::vector<RunResidual> runs;  // in the order of the observations
  std::array<ResidualTrend, 4> trends;
};

/// The trend that goes furthest beyond chance, by slope or bend.
const ResidualTrend& Strongest(const Residuals& residuals);

/// How the residuals of neighbours go together: Moran's I of their ranks over
/// the kNeighbours nearest other runs of each in (ln N, ln D), without those of
/// its own group, which share noise. Noise that is independent of run to run
/// leaves nothing here, whatever the law: what a law leaves does, and so does
/// noise that nearby runs have in common.
struct NeighbourCorrelation {
  double correlation = 0.0;
  double by_chance = 0.0;  // its mean and three standard deviations, by
                           // permutation: beyond that it is no chance

  bool notable() const { return correlation > by_chance; }
};

inline constexpr std::size_t kNeighbours = 4;

/// Returns the correlation of residuals, one a run; nothing of fewer than three
/// times kNeighbours runs, or of residuals that are all equal. Of many runs
/// only the neighbours of kMostCentres, evenly spread over the list, are looked
/// at.
std::optional<NeighbourCorrelation> CorrelationOfNeighbours(
    std::span<const Observation> observations,
    std::span<const double> residuals);

inline constexpr std::size_t kMostCentres = 1000;

/// REQUIRES: at least 3 observations, all numbers positive.
Residuals ResidualsOf(std::span<const Observation> observations,
                      const Chinchilla& law);

/// Returns up to `count` runs of largest magnitude, the largest first.
std::vector<RunResidual> Worst(const Residuals& residuals, std::size_t count);

}  // namespace isoflop
