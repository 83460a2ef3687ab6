// Some of a range of numbers, in random order: what tasks make examples from.

#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "lib/core/random.h"

namespace isoflop {

/// Returns `count` different numbers below `bound`, in random order.
/// REQUIRES: count <= bound.
inline std::vector<std::int32_t> DrawDistinct(std::int64_t bound,
                                              std::int64_t count,
                                              RandomStream* stream) {
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(bound));
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto drawn = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < drawn; ++i) {  // Fisher & Yates, cut short
    std::swap(numbers[i], numbers[i + stream->Below(numbers.size() - i)]);
  }
  numbers.resize(drawn);
  return numbers;
}

}  // namespace isoflop
