#include "lib/numeric/morans_i.h"

#include <algorithm>
#include <cmath>

namespace isoflop {
namespace {

/// REQUIRES: `pairs` are sorted.
double DeviationOver(std::size_t count,
                     const std::vector<NeighbourPair>& pairs) {
  const auto n = static_cast<double>(count);
  const auto sum = static_cast<double>(pairs.size());
  double both = 0.0;                       // sum_ij (w_ij + w_ji)^2 / 2
  std::vector<double> degree(count, 0.0);  // row and column sums together
  for (const auto& [i, j] : pairs) {
    const bool mutual = std::ranges::binary_search(pairs, NeighbourPair(j, i));
    both += mutual ? 2.0 : 1.0;
    degree[i] += 1.0;
    degree[j] += 1.0;
  }
  double degrees = 0.0;
  for (const double d : degree) degrees += d * d;
  const double square = (n * n * both - n * degrees + 3.0 * sum * sum) /
                        (sum * sum * (n * n - 1.0));
  return std::sqrt(std::max(0.0, square - 1.0 / ((n - 1.0) * (n - 1.0))));
}

}  // namespace

std::optional<MoransI> MoransIOf(std::span<const double> numbers,
                                 std::vector<NeighbourPair> pairs) {
  double squares = 0.0;
  for (const double number : numbers) squares += number * number;
  if (!(squares > 0.0) || pairs.empty()) return std::nullopt;
  std::ranges::sort(pairs);
  double products = 0.0;
  for (const auto& [i, j] : pairs) products += numbers[i] * numbers[j];
  const auto n = static_cast<double>(numbers.size());
  return MoransI{
      .value = n / static_cast<double>(pairs.size()) * products / squares,
      .mean = -1.0 / (n - 1.0),
      .deviation = DeviationOver(numbers.size(), pairs)};
}

}  // namespace isoflop
