#include "lib/numeric/order.h"

#include <cmath>

namespace isoflop {

std::vector<std::size_t> ClassesOf(std::span<const double> values) {
  std::vector<std::size_t> classes(values.size(), 0);
  const auto order =
      OrderBy(values.size(), [&](std::size_t i) { return values[i]; });
  std::size_t current = 0;
  double first = 0.0;  // of the class; a chain of small steps makes no class
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double value = values[order[k]];
    if (k == 0) first = value;
    if (IsBelow(first, value)) {
      first = value;
      ++current;
    }
    classes[order[k]] = current;
  }
  return classes;
}

std::size_t CountDistinct(const std::vector<double>& values) {
  return values.empty() ? 0 : std::ranges::max(ClassesOf(values)) + 1;
}

std::vector<double> CentredRanks(std::span<const double> values) {
  const auto order =
      OrderBy(values.size(), [&](std::size_t i) { return values[i]; });
  const double mean = 0.5 * (static_cast<double>(values.size()) - 1.0);
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    // Powers and products of equal numbers differ by rounding.
    const double last =
        values[order[begin]] + 1e-9 * (1.0 + std::abs(values[order[begin]]));
    while (end < order.size() && values[order[end]] <= last) ++end;
    const double rank = 0.5 * static_cast<double>(begin + end - 1) - mean;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

double CentredCorrelation(const std::vector<double>& x,
                          const std::vector<double>& y) {
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += x[i] * x[i];
    yy += y[i] * y[i];
    xy += x[i] * y[i];
  }
  return xx > 0.0 && yy > 0.0 ? xy / std::sqrt(xx * yy) : 0.0;
}

}  // namespace isoflop
