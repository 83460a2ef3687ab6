// Sums and maxima of floats in an order that is written down, so that vectors
// can keep it and no compiler has to choose one.

#pragma once

#include <cstdint>

#include "lib/core/vectorise.h"

namespace isoflop {

/// Returns term(0) + ... + term(size - 1), added up in 16 partial sums: an
/// order that is written down, and that vectors can keep.
template <typename Term>
ISOFLOP_INLINE float SumOf(std::int64_t size, const Term& term) {
  constexpr std::int64_t kLanes = 16;
  float sums[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += term(i + lane);
    }
  }
  for (std::int64_t lane = 0; i < size; ++i, ++lane) sums[lane] += term(i);
  for (std::int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::int64_t lane = 0; lane < half; ++lane) {
      sums[lane] += sums[lane + half];
    }
  }
  return sums[0];
}

/// Returns the largest of x[0] ... x[size - 1]. REQUIRES: size > 0.
ISOFLOP_INLINE float MaxOf(std::int64_t size, const float* x) {
  constexpr std::int64_t kLanes = 16;
  float largest[kLanes];
  for (float& lane : largest) lane = x[0];
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      largest[lane] = x[i + lane] > largest[lane] ? x[i + lane] : largest[lane];
    }
  }
  for (; i < size; ++i) largest[0] = x[i] > largest[0] ? x[i] : largest[0];
  for (const float lane : largest) {
    largest[0] = lane > largest[0] ? lane : largest[0];
  }
  return largest[0];
}

}  // namespace isoflop
