// Pieces of one block of memory.

#pragma once

#include <cstdint>

#include "lib/model/parameters.h"

namespace isoflop {

/// Hands out pieces of a block of floats, or only counts them.
class Divider {
 public:
  /// `memory` is null where only the size is wanted.
  explicit Divider(float* memory) : memory_(memory) {}

  float* Take(std::int64_t elements) {
    float* piece = memory_ == nullptr ? nullptr : memory_ + taken_;
    // Every piece begins at a cache line, as the whole does.
    const std::int64_t unit = Parameters::kAlignment;
    taken_ += (elements + unit - 1) / unit * unit;
    return piece;
  }

  std::int64_t taken() const { return taken_; }

 private:
  float* memory_;
  std::int64_t taken_ = 0;
};

}  // namespace isoflop
