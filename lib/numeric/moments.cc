#include "lib/numeric/moments.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {

double Mean(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0.0;
  // Shares, because a sum of very large numbers may be none.
  for (const double value : values) mean += value / count;
  return mean;
}

double SquaresAboutMean(const std::vector<double>& values) {
  const double mean = Mean(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares;
}

double StandardDeviation(const std::vector<double>& values) {
  assert(values.size() >= 2);
  const auto count = static_cast<double>(values.size());
  return std::sqrt(SquaresAboutMean(values) / (count - 1.0));
}

double Percentile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = position - static_cast<double>(below);
  if (part == 0.0 || sorted[below] == sorted[above]) return sorted[below];
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

}  // namespace isoflop
