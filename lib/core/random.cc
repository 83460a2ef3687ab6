#include "lib/core/random.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>

namespace isoflop {
namespace {

/// The finaliser of SplitMix64, see MixBits.
std::uint64_t Finalise(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t MixBits(std::uint64_t key, std::uint64_t counter) {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
  return Finalise(Finalise(key + kGolden) + (counter + 1) * kGolden);
}

double RandomStream::Uniform() {
  // As many bits as a double has: every multiple of 2^-53 below 1.
  return static_cast<double>(Bits() >> 11) * 0x1.0p-53;
}

std::uint64_t RandomStream::Below(std::uint64_t bound) {
  assert(bound > 0);
  // Reject the short last cycle, so that every value is equally likely.
  const std::uint64_t limit = bound * (UINT64_MAX / bound);
  std::uint64_t bits = Bits();
  while (bits >= limit) bits = Bits();
  return bits % bound;
}

double RandomStream::Normal() {
  // Box & Muller 1958. Of 1 - u, which is never zero, so that no radius is
  // infinite.
  const double radius = std::sqrt(-2.0 * std::log1p(-Uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * Uniform());
}

Permutation::Permutation(std::uint64_t key, std::uint64_t size)
    : key_(key), size_(size) {
  assert(size > 0);
  const auto bits = static_cast<unsigned>(std::bit_width(size - 1));
  half_bits_ = (bits + 1) / 2;
  if (half_bits_ == 0) half_bits_ = 1;
}

std::uint64_t Permutation::Round(std::uint64_t block) const {
  const std::uint64_t mask = (1ULL << half_bits_) - 1;
  std::uint64_t left = block >> half_bits_;
  std::uint64_t right = block & mask;
  // A Feistel network: whatever its rounds mix in, it can be undone, so it
  // permutes.
  for (std::uint64_t round = 0; round < 4; ++round) {
    const std::uint64_t mixed = left ^ (MixBits(key_ + round, right) & mask);
    left = right;
    right = mixed;
  }
  return (left << half_bits_) | right;
}

std::uint64_t Permutation::operator()(std::uint64_t index) const {
  assert(index < size_);
  // Numbers beyond the size are walked through: the cycle leads back below it.
  do {
    index = Round(index);
  } while (index >= size_);
  return index;
}

}  // namespace isoflop
