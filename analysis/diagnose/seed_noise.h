// Seed noise: how much the loss of one and the same run changes with its seed.
// No law can predict a single run better than that.

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/observe/cells.h"
#include "analysis/observe/observation.h"
#include "lib/core/names.h"

namespace isoflop {

enum class SeedNoiseSource { kRepeatedSeeds, kGiven };

constexpr std::array<NamedValue<SeedNoiseSource>, 2> EnumNames(
    SeedNoiseSource) {
  return {{{SeedNoiseSource::kRepeatedSeeds, "repeated_seeds"},
           {SeedNoiseSource::kGiven, "given"}}};
}

struct SeedNoise {
  double loss_std = 0.0;  // nats per token

  /// Of `loss_std`; absent where it was given, and is taken to be exact. Cells
  /// that share trunks are not independent: it is then a little too large.
  std::optional<int> degrees_of_freedom;
  SeedNoiseSource source = SeedNoiseSource::kRepeatedSeeds;
};

/// Returns how far, in nats per token, the loss of a run is from its mean in 95
/// % of cases: 1.96 loss_std, or Student's t instead of 1.96 where loss_std is
/// itself an estimate.
double Reach95(const SeedNoise& noise);

/// Returns how many (N, D) were trained at two seeds or more.
int CountRepeatedCells(std::span<const Observation> observations);

/// Returns the noise that is given, or else the standard deviation of L within
/// cells that were trained at two seeds or more, pooled over cells:
///
///   s^2 = sum_c sum_i (L_ci - mean_c)^2 / sum_c (n_c - 1)
///
/// Only runs that name their seed count, and of equal seeds the first. Nothing
/// where no cell has two seeds, or all differences are 0.
std::optional<SeedNoise> SeedNoiseOf(std::span<const Observation> observations,
                                     std::optional<double> given_loss_std = {});

}  // namespace isoflop
