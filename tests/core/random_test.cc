#include "lib/core/random.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>
#include <vector>

namespace isoflop {
namespace {

// Known answers: stream number `counter` of the published SplitMix64, seeded
// with the first number of the stream of `key`; the first number of seed 0 is
// 0xe220a8397b1dcdaf. A change would change the data of every recorded run.
TEST(MixBits, HasTheKnownAnswersOfSplitMix64) {
  EXPECT_EQ(MixBits(0, 0), 12035550249420947055U);
  EXPECT_EQ(MixBits(0, 1), 12935080325729570654U);
  EXPECT_EQ(MixBits(1, 0), 6791897765849424158U);
  EXPECT_EQ(MixBits(UINT64_MAX, UINT64_MAX), 4922461756044938104U);
}

/// Bits that differ, on average, between f(i) and g(i).
template <typename F, typename G>
double MeanDistance(F f, G g) {
  constexpr std::uint64_t kPairs = 4000;
  double distance = 0.0;
  for (std::uint64_t i = 0; i < kPairs; ++i) {
    distance += std::popcount(f(i) ^ g(i));
  }
  return distance / kPairs;
}

TEST(MixBits, FlipsHalfOfTheBitsWhenOneOfTheInputChanges) {
  // The standard error of the mean of 4000 distances is 4 / sqrt(4000) = .06.
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t flip = 1ULL << bit;
    EXPECT_NEAR(MeanDistance([](auto i) { return MixBits(7, i); },
                             [=](auto i) { return MixBits(7, i ^ flip); }),
                32.0, 0.35);
    EXPECT_NEAR(MeanDistance([](auto i) { return MixBits(i, 7); },
                             [=](auto i) { return MixBits(i ^ flip, 7); }),
                32.0, 0.35);
  }
}

TEST(MixBits, DoesNotRepeatItselfAlongNeighbouringStreams) {
  std::set<std::uint64_t> values;
  for (std::uint64_t key = 0; key < 100; ++key) {
    for (std::uint64_t counter = 0; counter < 1000; ++counter) {
      values.insert(MixBits(key, counter));
    }
  }
  EXPECT_EQ(values.size(), 100000U);
}

TEST(RandomStream, IsAPureFunctionOfItsKey) {
  RandomStream one(5);
  RandomStream other(5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one.Bits(), other.Bits());
}

TEST(RandomStream, UniformNumbersFillTheUnitInterval) {
  RandomStream random(1);
  constexpr int kDraws = 100000;
  double sum = 0.0;
  double lowest = 1.0;
  double highest = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.Uniform();
    sum += u;
    lowest = std::min(lowest, u);
    highest = std::max(highest, u);
  }
  EXPECT_GE(lowest, 0.0);
  EXPECT_LT(highest, 1.0);
  EXPECT_LT(lowest, 1e-3);
  EXPECT_GT(highest, 1.0 - 1e-3);
  EXPECT_NEAR(sum / kDraws, 0.5, 4.0 * 0.289 / std::sqrt(kDraws));
}

TEST(RandomStream, NumbersBelowABoundAreEquallyLikely) {
  RandomStream random(2);
  constexpr int kDraws = 70000;
  std::vector<int> counts(7, 0);
  for (int i = 0; i < kDraws; ++i) ++counts[random.Below(7)];
  double chi_square = 0.0;
  for (const int count : counts) {
    chi_square += (count - 10000.0) * (count - 10000.0) / 10000.0;
  }
  EXPECT_LT(chi_square, 22.5);  // 6 degrees of freedom, p = .001
}

TEST(RandomStream, NumbersBelowOneAreZero) {
  RandomStream random(2);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(random.Below(1), 0U);
}

TEST(RandomStream, NumbersBelowALargeBoundDoNotFavourItsLowerPart) {
  // With a plain remainder, two thirds would fall into the lower half.
  constexpr std::uint64_t kBound = 3ULL << 62;
  RandomStream random(4);
  int low = 0;
  for (int i = 0; i < 10000; ++i) {
    low += random.Below(kBound) < kBound / 2 ? 1 : 0;
  }
  EXPECT_NEAR(low, 5000, 200);
}

TEST(RandomStream, NormalNumbersHaveTheMomentsOfTheStandardNormal) {
  RandomStream random(3);
  constexpr int kDraws = 200000;
  std::vector<double> moments(5, 0.0);
  for (int i = 0; i < kDraws; ++i) {
    const double z = random.Normal();
    for (std::size_t k = 1; k < moments.size(); ++k) {
      moments[k] += std::pow(z, static_cast<double>(k)) / kDraws;
    }
  }
  EXPECT_NEAR(moments[1], 0.0, 0.01);
  EXPECT_NEAR(moments[2], 1.0, 0.013);
  EXPECT_NEAR(moments[3], 0.0, 0.035);
  EXPECT_NEAR(moments[4], 3.0, 0.09);
}

}  // namespace
}  // namespace isoflop
