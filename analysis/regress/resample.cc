#include "analysis/regress/resample.h"

#include <map>
#include <string>

#include "lib/core/random.h"

namespace isoflop {

bool HasGroups(std::span<const Observation> observations) {
  return ResampleUnits(observations, ResampleUnit::kGroup).size() <
         observations.size();
}

std::vector<std::vector<std::size_t>> ResampleUnits(
    std::span<const Observation> observations, ResampleUnit unit) {
  std::vector<std::vector<std::size_t>> units;
  std::map<std::string, std::size_t> unit_of_group;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const std::string& group = observations[i].group;
    if (unit == ResampleUnit::kRun || group.empty()) {
      units.push_back({i});
      continue;
    }
    const auto [known, is_new] = unit_of_group.emplace(group, units.size());
    if (is_new) units.emplace_back();
    units[known->second].push_back(i);
  }
  return units;
}

std::vector<double> DrawCounts(
    const std::vector<std::vector<std::size_t>>& units,
    std::size_t observations, std::uint64_t seed, int index) {
  RandomStream stream(MixBits(seed, static_cast<std::uint64_t>(index)));
  std::vector<double> counts(observations, 0.0);
  for (std::size_t draw = 0; draw < units.size(); ++draw) {
    for (const std::size_t i : units[stream.Below(units.size())]) {
      counts[i] += 1.0;
    }
  }
  return counts;
}

void CheckBootstrap(const BootstrapOptions& options, Problems* problems) {
  constexpr int kMostResamples = 1'000'000;
  constexpr int kMostThreads = 4096;
  CheckRange("--bootstrap", options.resamples, kMostResamples, problems);
  CheckRange("--threads", options.threads, kMostThreads, problems);
}

Resampling Resolve(const BootstrapOptions& options,
                   std::span<const Observation> observations) {
  Resampling resampling;
  resampling.resamples = options.resamples;
  resampling.seed = options.seed;
  resampling.unit = options.unit.value_or(
      HasGroups(observations) ? ResampleUnit::kGroup : ResampleUnit::kRun);
  resampling.units =
      static_cast<int>(ResampleUnits(observations, resampling.unit).size());
  return resampling;
}

}  // namespace isoflop
