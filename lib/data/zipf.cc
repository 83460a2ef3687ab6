#include "lib/data/zipf.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// 2^64 times a probability, kept below 2^64.
std::uint64_t Scaled(double probability) {
  constexpr double kBelowOne = 0x1.fffffffffffffp-1;
  return static_cast<std::uint64_t>(std::min(probability, kBelowOne) * 0x1p64);
}

}  // namespace

ZipfDistribution::ZipfDistribution(std::int64_t size, double exponent)
    : exponent_(exponent), boundaries_(static_cast<std::size_t>(size)) {
  assert(size >= 2 && exponent >= 0.0);
  std::vector<double> weights(boundaries_.size());
  double total = 0.0;
  double weighted_logs = 0.0;
  for (std::size_t r = weights.size(); r-- > 0;) {  // smallest first: accurate
    const double log_rank = std::log(static_cast<double>(r + 1));
    weights[r] = std::exp(-exponent * log_rank);
    total += weights[r];
    weighted_logs += weights[r] * log_rank;
  }
  log_normaliser_ = std::log(total);
  entropy_ = exponent * weighted_logs / total + log_normaliser_;
  double cumulated = 0.0;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    cumulated += weights[r];
    boundaries_[r] = Scaled(cumulated / total);
  }
  FillGuide();
}

void ZipfDistribution::FillGuide() {
  const std::size_t cells = std::bit_ceil(boundaries_.size());
  guide_shift_ = 64U - static_cast<unsigned>(std::countr_zero(cells));
  guide_.resize(cells + 1);
  std::size_t rank = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::uint64_t low = std::uint64_t{cell} << guide_shift_;
    while (rank + 1 < boundaries_.size() && boundaries_[rank] <= low) ++rank;
    guide_[cell] = static_cast<std::uint32_t>(rank);
  }
  guide_[cells] = static_cast<std::uint32_t>(boundaries_.size() - 1);
}

double ZipfDistribution::Surprisal(std::int64_t rank) const {
  assert(0 <= rank && rank < size());
  return exponent_ * std::log(static_cast<double>(rank + 1)) + log_normaliser_;
}

std::int64_t ZipfDistribution::Rank(std::uint64_t bits) const {
  const std::uint64_t cell = bits >> guide_shift_;
  const std::uint64_t* first = boundaries_.data() + guide_[cell];
  const std::uint64_t* last = boundaries_.data() + guide_[cell + 1];
  return std::upper_bound(first, last, bits) - boundaries_.data();
}

}  // namespace isoflop
