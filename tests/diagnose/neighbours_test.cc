#include <gtest/gtest.h>

#include <cmath>

#include "analysis/diagnose/residuals.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::vector<Observation> ProfilesOfASweep() {
  return IsoflopGrid({1.8, 480.0, 2100.0, 0.35, 0.37}, Doubling(1e18, 8), 8,
                     4.0);
}

std::vector<double> NoiseOf(std::size_t count, std::uint64_t seed) {
  RandomStream stream(seed);
  std::vector<double> noise;
  for (std::size_t i = 0; i < count; ++i) noise.push_back(stream.Normal());
  return noise;
}

TEST(Neighbours, OfIndependentNoiseAreNotAlike) {
  const auto runs = ProfilesOfASweep();
  int notable = 0;
  double squares = 0.0;
  constexpr int kSets = 400;
  for (std::uint64_t seed = 0; seed < kSets; ++seed) {
    const auto found =
        CorrelationOfNeighbours(runs, NoiseOf(runs.size(), seed));
    if (found->notable()) ++notable;
    const double deviation = (found->by_chance + 1.0 / 63.0) / 3.0;
    squares += std::pow((found->correlation + 1.0 / 63.0) / deviation, 2.0);
  }
  EXPECT_LE(notable, 4);
  EXPECT_NEAR(squares / kSets, 1.0, 0.25);  // the deviation is what it is
}

TEST(Neighbours, OfASmoothSurfaceAreAlike) {
  const auto runs = ProfilesOfASweep();
  std::vector<double> residuals = NoiseOf(runs.size(), 5);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    residuals[i] += 4.0 * std::sin(std::log(runs[i].D / runs[i].N));
  }
  const auto found = CorrelationOfNeighbours(runs, residuals);
  EXPECT_TRUE(found->notable());
  EXPECT_GT(found->correlation, 0.4);
}

TEST(Neighbours, ThatShareATrunkMayShareItsNoise) {
  std::vector<Observation> runs;
  std::vector<double> residuals;
  const auto noise = NoiseOf(12, 3);
  for (std::size_t size = 0; size < 12; ++size) {
    for (int i = 0; i < 5; ++i) {
      runs.push_back(MakeObservation(std::ldexp(1e6, static_cast<int>(size)),
                                     1e9 * std::pow(1.1, i), 3.0));
      runs.back().group = "trunk" + std::to_string(size);
      residuals.push_back(noise[size] + 0.01 * i);
    }
  }
  EXPECT_FALSE(CorrelationOfNeighbours(runs, residuals)->notable());
  for (Observation& run : runs) run.group.clear();
  EXPECT_TRUE(CorrelationOfNeighbours(runs, residuals)->notable());
}

TEST(Neighbours, OfFewRunsOrEqualResidualsSayNothing) {
  auto runs = ProfilesOfASweep();
  EXPECT_FALSE(
      CorrelationOfNeighbours(runs, std::vector<double>(runs.size(), 0.5)));
  runs.resize(11);
  EXPECT_FALSE(CorrelationOfNeighbours(runs, NoiseOf(11, 1)));
}

}  // namespace
}  // namespace isoflop
