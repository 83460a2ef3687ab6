#include "analysis/fit/resample.h"

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

}  // namespace isoflop
