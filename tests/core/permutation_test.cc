#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "lib/core/random.h"

namespace isoflop {
namespace {

std::vector<std::uint64_t> Image(std::uint64_t key, std::uint64_t size) {
  const Permutation permutation(key, size);
  std::vector<std::uint64_t> image;
  for (std::uint64_t i = 0; i < size; ++i) image.push_back(permutation(i));
  return image;
}

TEST(Permutation, HitsEveryNumberOnceWhateverTheSize) {
  std::vector<std::uint64_t> sizes(300);
  std::iota(sizes.begin(), sizes.end(), 1U);
  for (const std::uint64_t size : {4095U, 4096U, 4097U, 65537U, 100000U}) {
    sizes.push_back(size);
  }
  for (const std::uint64_t size : sizes) {
    auto image = Image(9, size);
    std::ranges::sort(image);
    for (std::uint64_t i = 0; i < size; ++i) ASSERT_EQ(image[i], i) << size;
  }
}

TEST(Permutation, StaysBelowTheLargestSizes) {
  for (const std::uint64_t size : {1ULL << 40, (1ULL << 62) + 1, 1ULL << 63}) {
    const Permutation permutation(1, size);
    for (std::uint64_t i = 0; i < 100; ++i) {
      EXPECT_LT(permutation(size - 1 - i), size);
    }
  }
}

TEST(Permutation, DiffersFromKeyToKey) {
  EXPECT_NE(Image(0, 1000), Image(1, 1000));
}

TEST(Permutation, LeavesHardlyAnythingInItsPlace) {
  int fixed = 0;  // expected: 1 for each key
  for (std::uint64_t key = 0; key < 100; ++key) {
    const auto image = Image(MixBits(0, key), 1000);
    for (std::uint64_t i = 0; i < image.size(); ++i) {
      fixed += image[i] == i ? 1 : 0;
    }
  }
  EXPECT_NEAR(fixed, 100, 45);
}

TEST(Permutation, PutsTheFirstNumberAnywhere) {
  // Chi-square over ten bins of the place of 0 under 10,000 keys.
  std::vector<double> counts(10, 0.0);
  for (std::uint64_t key = 0; key < 10000; ++key) {
    counts[Permutation(MixBits(1, key), 1000)(0) / 100] += 1.0;
  }
  double chi_square = 0.0;
  for (const double count : counts) {
    chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  EXPECT_LT(chi_square, 27.9);  // 9 degrees of freedom, p = .001
}

}  // namespace
}  // namespace isoflop
