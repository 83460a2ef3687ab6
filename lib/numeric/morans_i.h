// Moran's I: whether numbers of neighbours go together.
//
// Source: Moran 1950; Cliff & Ord 1981, section 2.3.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace isoflop {

/// (i, j): j is a neighbour of i, which does not make i one of j.
using NeighbourPair = std::pair<std::size_t, std::size_t>;

/// I, with its mean and standard deviation over permutations of the numbers.
struct MoransI {
  double value = 0.0;
  double mean = 0.0;
  double deviation = 0.0;
};

/// Returns I of numbers whose mean is 0; nothing without pairs, or where all
/// numbers are 0. REQUIRES: no pair is there twice.
std::optional<MoransI> MoransIOf(std::span<const double> numbers,
                                 std::vector<NeighbourPair> pairs);

}  // namespace isoflop
