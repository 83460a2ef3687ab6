// The order of numbers: sorted indices, ranks and their correlation, and
// classes of numbers that differ by rounding only.

#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace isoflop {

/// Returns the indices below `count` in ascending order of key(index), equal
/// ones in their own.
template <typename Key>
std::vector<std::size_t> OrderBy(std::size_t count, Key key) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!std::ranges::is_sorted(order, {}, key)) {
    std::ranges::stable_sort(order, {}, key);
  }
  return order;
}

/// Returns whether x is below y by more than rounding (a relative 1e-9).
/// REQUIRES: x > 0 and y > 0.
constexpr bool IsBelow(double x, double y) { return y > x * (1.0 + 1e-9); }

/// Returns the class of each value: values that differ by rounding only are of
/// one class, and classes count from 0 in ascending order.
std::vector<std::size_t> ClassesOf(std::span<const double> values);

/// Returns how many values differ by more than rounding.
std::size_t CountDistinct(const std::vector<double>& values);

/// Returns ranks less their mean; equal values share the mean of their ranks.
std::vector<double> CentredRanks(std::span<const double> values);

/// Returns the correlation of numbers whose mean is 0; 0 where all of one are
/// 0. REQUIRES: as many x as y.
double CentredCorrelation(const std::vector<double>& x,
                          const std::vector<double>& y);

}  // namespace isoflop
