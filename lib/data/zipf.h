// Zipf's law over a finite number of ranks: probabilities, entropy, sampling.

#pragma once

#include <cstdint>
#include <vector>

namespace isoflop {

/// Ranks 0, ..., size - 1 with
///
///   p_r = (r + 1)^-s / Z,   Z = sum over r of (r + 1)^-s.
class ZipfDistribution {
 public:
  /// REQUIRES: 2 <= size <= 2^32, exponent >= 0.
  ZipfDistribution(std::int64_t size, double exponent);

  std::int64_t size() const {
    return static_cast<std::int64_t>(boundaries_.size());
  }

  /// Returns -ln p_r = s ln(r + 1) + ln Z, in nats.
  double Surprisal(std::int64_t rank) const;

  /// Returns H(p) = sum over r of -p_r ln p_r, in nats.
  double Entropy() const { return entropy_; }

  /// Returns the rank at which the cumulative distribution passes
  /// bits / 2^64: uniform bits give ranks distributed as p, in constant
  /// expected time.
  ///
  /// Source: Chen & Asau 1974, "On generating random variates from an
  /// empirical distribution" (the guide table).
  std::int64_t Rank(std::uint64_t bits) const;

 private:
  void FillGuide();

  double exponent_;
  double log_normaliser_ = 0.0;  // ln Z
  double entropy_ = 0.0;
  // boundaries_[r] = 2^64 P(rank <= r). Integers, so that a draw compares
  // equal on every machine.
  std::vector<std::uint64_t> boundaries_;
  // guide_[c] = Rank(c << guide_shift_): where to start looking.
  std::vector<std::uint32_t> guide_;
  unsigned guide_shift_ = 0;
};

}  // namespace isoflop
