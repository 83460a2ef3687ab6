// Pieces of one block of memory.

#pragma once

#include <cstdint>

namespace isoflop {

/// Hands out pieces of a block of memory, or only counts them.
class Divider {
 public:
  /// `memory` is null where only the size is wanted.
  explicit Divider(char* memory) : memory_(memory) {}

  template <typename Element>
  Element* Take(std::int64_t elements) {
    // A cache line, and the widest vector.
    constexpr std::int64_t kUnit = 64;
    auto* piece = memory_ == nullptr
                      ? nullptr
                      : reinterpret_cast<Element*>(memory_ + taken_);
    const auto bytes = elements * static_cast<std::int64_t>(sizeof(Element));
    taken_ += (bytes + kUnit - 1) / kUnit * kUnit;
    return piece;
  }

  /// Bytes.
  std::int64_t taken() const { return taken_; }

 private:
  char* memory_;
  std::int64_t taken_ = 0;
};

}  // namespace isoflop
