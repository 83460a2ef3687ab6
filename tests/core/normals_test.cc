#include "lib/core/normals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace isoflop {
namespace {

std::vector<float> Normals(std::uint64_t key, std::size_t size) {
  std::vector<float> out(size);
  FillNormal(key, out);
  return out;
}

TEST(FillNormal, BeginsTheSameWhateverTheSize) {
  const std::vector<float> all = Normals(7, 1000);
  for (const std::size_t size : {0U, 1U, 127U, 128U, 129U, 999U}) {
    const std::vector<float> some = Normals(7, size);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << size;
  }
}

TEST(FillNormal, GivesTheSameNumbersInEveryBuild) {
  // A change of these changes the data of every recorded run.
  EXPECT_EQ(Normals(1, 4), (std::vector<float>{1.35498476F, -0.402903676F,
                                               -0.021522928F, -0.340174139F}));
}

TEST(FillNormal, DrawsFromTheNormalDistribution) {
  constexpr std::size_t kSize = 1 << 20;
  std::vector<float> out = Normals(3, kSize);
  std::ranges::sort(out);
  // Kolmogorov's distance: above 1.95 / sqrt(n) one time in a thousand.
  double distance = 0.0;
  for (std::size_t i = 0; i < kSize; ++i) {
    const double p = 0.5 * std::erfc(-static_cast<double>(out[i]) / M_SQRT2);
    const double here = (static_cast<double>(i) + 0.5) / kSize;
    distance = std::max(distance, std::abs(p - here));
  }
  EXPECT_LT(distance, 1.95 / std::sqrt(static_cast<double>(kSize)));
}

TEST(FillNormal, MakesNeighboursIndependent) {
  constexpr std::size_t kSize = 1 << 18;
  const std::vector<float> out = Normals(5, kSize);
  const std::vector<float> other = Normals(6, kSize);
  // Products of independent normal numbers have variance 1.
  const double limit = 4.0 / std::sqrt(static_cast<double>(kSize));
  for (const std::size_t lag : {1U, 2U, 64U, 128U}) {
    double sum = 0.0;
    for (std::size_t i = lag; i < kSize; ++i) {
      sum += static_cast<double>(out[i]) * static_cast<double>(out[i - lag]);
    }
    EXPECT_LT(std::abs(sum / static_cast<double>(kSize)), limit) << lag;
  }
  double sum = 0.0;
  for (std::size_t i = 0; i < kSize; ++i) {
    sum += static_cast<double>(out[i]) * static_cast<double>(other[i]);
  }
  EXPECT_LT(std::abs(sum / static_cast<double>(kSize)), limit);
}

}  // namespace
}  // namespace isoflop
