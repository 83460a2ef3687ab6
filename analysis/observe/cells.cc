#include "analysis/observe/cells.h"

#include <map>
#include <utility>

#include "lib/numeric/order.h"

namespace isoflop {

std::vector<std::vector<std::size_t>> Cells(
    std::span<const Observation> observations) {
  const auto sizes = ClassesOf(ValuesOf(observations, &Observation::N));
  const auto tokens = ClassesOf(ValuesOf(observations, &Observation::D));
  std::vector<std::vector<std::size_t>> cells;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const auto [cell, is_new] =
        known.emplace(std::pair(sizes[i], tokens[i]), cells.size());
    if (is_new) cells.emplace_back();
    cells[cell->second].push_back(i);
  }
  return cells;
}

}  // namespace isoflop
