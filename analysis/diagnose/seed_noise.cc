#include "analysis/diagnose/seed_noise.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/numeric/distributions.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

/// The losses of one cell, one of each seed that is named.
std::vector<double> LossesBySeed(std::span<const Observation> observations,
                                 const std::vector<std::size_t>& cell) {
  std::vector<double> losses;
  std::set<std::int64_t> seeds;
  for (const std::size_t i : cell) {
    const Observation& o = observations[i];
    if (o.seed && seeds.insert(*o.seed).second) losses.push_back(o.L);
  }
  return losses;
}

}  // namespace

double Reach95(const SeedNoise& noise) {
  const double times = noise.degrees_of_freedom
                           ? StudentTQuantile(0.975, *noise.degrees_of_freedom)
                           : kNormal975;
  return times * noise.loss_std;
}

std::optional<SeedNoise> SeedNoiseOf(std::span<const Observation> observations,
                                     std::optional<double> given_loss_std) {
  if (given_loss_std) {
    return SeedNoise{.loss_std = *given_loss_std,
                     .degrees_of_freedom = {},
                     .source = SeedNoiseSource::kGiven};
  }
  double squares = 0.0;
  int degrees = 0;
  for (const auto& cell : Cells(observations)) {
    const std::vector<double> losses = LossesBySeed(observations, cell);
    if (losses.size() < 2) continue;
    squares += SquaresAboutMean(losses);
    degrees += static_cast<int>(losses.size()) - 1;
  }
  // Losses that are all the same are of seeds that were not used.
  if (!(squares > 0.0)) return std::nullopt;
  return SeedNoise{.loss_std = std::sqrt(squares / degrees),
                   .degrees_of_freedom = degrees,
                   .source = SeedNoiseSource::kRepeatedSeeds};
}

int CountRepeatedCells(std::span<const Observation> observations) {
  return static_cast<int>(
      std::ranges::count_if(Cells(observations), [&](const auto& cell) {
        return LossesBySeed(observations, cell).size() >= 2;
      }));
}

}  // namespace isoflop
