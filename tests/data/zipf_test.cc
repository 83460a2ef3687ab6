#include "lib/data/zipf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lib/core/random.h"

namespace isoflop {
namespace {

TEST(Zipf, EntropyIsThatOfItsSurprisals) {
  const ZipfDistribution zipf(1000, 1.3);
  double mass = 0.0;
  double entropy = 0.0;
  for (std::int64_t r = 0; r < zipf.size(); ++r) {
    const double p = std::exp(-zipf.Surprisal(r));
    mass += p;
    entropy += p * zipf.Surprisal(r);
  }
  EXPECT_NEAR(mass, 1.0, 1e-12);
  EXPECT_NEAR(zipf.Entropy(), entropy, 1e-12);
}

TEST(Zipf, WithExponentZeroIsUniform) {
  const ZipfDistribution zipf(1000, 0.0);
  EXPECT_NEAR(zipf.Entropy(), std::log(1000.0), 1e-12);
  EXPECT_NEAR(zipf.Surprisal(999), std::log(1000.0), 1e-12);
}

TEST(Zipf, ProbabilitiesFallAsAPowerOfTheRank) {
  const ZipfDistribution zipf(65536, 1.3);
  EXPECT_NEAR(zipf.Surprisal(999) - zipf.Surprisal(9), 1.3 * std::log(100.0),
              1e-12);
}

TEST(Zipf, TheLowestBitsGiveTheFirstRankAndTheHighestTheLast) {
  for (const std::int64_t size : {2, 3, 4, 5, 100, 65536}) {
    for (const double exponent : {0.0, 1.0, 3.0}) {
      const ZipfDistribution zipf(size, exponent);
      EXPECT_EQ(zipf.Rank(0), 0);
      EXPECT_EQ(zipf.Rank(UINT64_MAX), size - 1) << size << " " << exponent;
    }
  }
}

/// The rank as its definition has it: no guide table, no integers.
std::int64_t SlowRank(const ZipfDistribution& zipf, std::uint64_t bits) {
  const double u = static_cast<double>(bits) * 0x1p-64;
  double cumulated = 0.0;
  for (std::int64_t r = 0; r + 1 < zipf.size(); ++r) {
    cumulated += std::exp(-zipf.Surprisal(r));
    if (u < cumulated) return r;
  }
  return zipf.size() - 1;
}

TEST(Zipf, RanksAreWhereTheCumulativeDistributionPasses) {
  for (const std::int64_t size : {2, 3, 7, 64, 1000}) {
    const ZipfDistribution zipf(size, 1.1);
    RandomStream random(static_cast<std::uint64_t>(size));
    for (int i = 0; i < 2000; ++i) {
      const std::uint64_t bits = random.Bits();
      ASSERT_EQ(zipf.Rank(bits), SlowRank(zipf, bits)) << size;
    }
  }
}

/// Sums of `values` over the ranks 0, ..., 63, then over [64, 128), [128, 256)
/// and so on.
std::vector<double> Binned(const std::vector<double>& values) {
  std::vector<double> bins(values.begin(), values.begin() + 64);
  for (std::size_t begin = 64; begin < values.size(); begin *= 2) {
    double sum = 0.0;
    const std::size_t end = std::min(2 * begin, values.size());
    for (std::size_t r = begin; r < end; ++r) sum += values[r];
    bins.push_back(sum);
  }
  return bins;
}

TEST(Zipf, FrequenciesOfDrawsPassAChiSquareTest) {
  const ZipfDistribution zipf(65536, 1.3);
  constexpr int kDraws = 1000000;
  std::vector<double> counts(65536, 0.0);
  std::vector<double> expected;
  RandomStream random(11);
  for (int i = 0; i < kDraws; ++i) {
    counts[static_cast<std::size_t>(zipf.Rank(random.Bits()))] += 1.0;
  }
  for (std::int64_t r = 0; r < zipf.size(); ++r) {
    expected.push_back(kDraws * std::exp(-zipf.Surprisal(r)));
  }
  const auto observed_bins = Binned(counts);
  const auto expected_bins = Binned(expected);
  double chi_square = 0.0;
  for (std::size_t i = 0; i < observed_bins.size(); ++i) {
    const double excess = observed_bins[i] - expected_bins[i];
    chi_square += excess * excess / expected_bins[i];
  }
  const double freedom = static_cast<double>(observed_bins.size() - 1);
  EXPECT_LT(chi_square, freedom + 4.0 * std::sqrt(2.0 * freedom));
}

}  // namespace
}  // namespace isoflop
