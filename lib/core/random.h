// Random numbers that are a pure function of a key and a counter, the same on
// every machine and compiler. Data order and resampling draw from here, so a
// resumed run needs no saved generator state: (seed, step) is the state.

#pragma once

#include <cstdint>

namespace isoflop {

/// Returns a well-mixed 64-bit hash of (key, counter).
///
/// Source: SplitMix64 finaliser, Steele, Lea & Flood 2014 (OOPSLA), applied
/// twice so that neighbouring keys are independent too.
std::uint64_t MixBits(std::uint64_t key, std::uint64_t counter);

/// A stream of random numbers: MixBits(key, 0), MixBits(key, 1), ...
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t key) : key_(key) {}

  std::uint64_t Bits() { return MixBits(key_, counter_++); }

  /// Uniform in [0, 1), 53 bits.
  double Uniform();

  /// Uniform in {0, ..., bound - 1}. REQUIRES: bound > 0.
  std::uint64_t Below(std::uint64_t bound);

  /// Standard normal, by the Box-Muller transform.
  double Normal();

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

/// A pseudo-random permutation of {0, ..., size - 1} in constant memory: a
/// four-round Feistel network over the next even power of two, walked until
/// the image falls below `size`.
///
/// Source: Black & Rogaway 2002, "Ciphers with arbitrary finite domains".
class Permutation {
 public:
  /// REQUIRES: size > 0.
  Permutation(std::uint64_t key, std::uint64_t size);

  /// REQUIRES: index < size.
  std::uint64_t operator()(std::uint64_t index) const;

 private:
  std::uint64_t Round(std::uint64_t block) const;

  std::uint64_t key_;
  std::uint64_t size_;
  unsigned half_bits_;
};

}  // namespace isoflop
