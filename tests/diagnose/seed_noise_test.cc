#include "analysis/diagnose/seed_noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// The grid at each of `seeds` seeds, with noise of `sigma` nats.
std::vector<Observation> Repeated(int seeds, double sigma) {
  std::vector<Observation> runs;
  RandomStream stream(3);
  for (int seed = 0; seed < seeds; ++seed) {
    for (Observation o :
         FullGrid(kSmallLaw, Doubling(1e4, 6), Doubling(1e6, 6))) {
      o.L += sigma * stream.Normal();
      o.seed = seed;
      runs.push_back(o);
    }
  }
  return runs;
}

TEST(SeedNoise, IsThePooledStandardDeviationWithinCells) {
  std::vector<Observation> runs;
  for (const auto& [N, L, seed] :
       std::vector<std::tuple<double, double, int>>{{1e4, 2.0, 0},
                                                    {1e4, 2.2, 1},
                                                    {2e4, 3.0, 0},
                                                    {2e4, 3.1, 1},
                                                    {2e4, 3.2, 2},
                                                    {4e4, 9.0, 0}}) {
    runs.push_back(MakeObservation(N, 1e6, L));
    runs.back().seed = seed;
  }
  const auto noise = SeedNoiseOf(runs);
  ASSERT_TRUE(noise.has_value());
  EXPECT_NEAR(noise->loss_std, std::sqrt((0.02 + 0.02) / 3.0), 1e-12);
  EXPECT_EQ(noise->degrees_of_freedom, 3);
  EXPECT_EQ(noise->source, SeedNoiseSource::kRepeatedSeeds);
}

TEST(SeedNoise, IsRecoveredFromNoisyRepeats) {
  const auto noise = SeedNoiseOf(Repeated(4, 0.01));
  ASSERT_TRUE(noise.has_value());
  EXPECT_EQ(noise->degrees_of_freedom, 36 * 3);
  EXPECT_NEAR(noise->loss_std, 0.01, 0.0015);  // two standard errors
}

TEST(SeedNoise, IsNotKnownWithoutASecondSeed) {
  EXPECT_FALSE(SeedNoiseOf(Repeated(1, 0.01)).has_value());
}

TEST(SeedNoise, DoesNotTakeTheSameSeedForARepeat) {
  auto runs = Repeated(2, 0.01);
  for (Observation& o : runs) o.seed = 0;
  EXPECT_FALSE(SeedNoiseOf(runs).has_value());
  for (Observation& o : runs) o.seed.reset();
  EXPECT_FALSE(SeedNoiseOf(runs).has_value());
}

TEST(SeedNoise, IsTakenAsGiven) {
  const auto noise = SeedNoiseOf(Repeated(2, 0.01), 0.5);
  ASSERT_TRUE(noise.has_value());
  EXPECT_EQ(noise->loss_std, 0.5);
  EXPECT_EQ(noise->source, SeedNoiseSource::kGiven);
  EXPECT_FALSE(noise->degrees_of_freedom.has_value());
}

TEST(Cells, JoinsRunsOfTheSameSizeAndLength) {
  const auto runs = Repeated(3, 0.01);
  const auto cells = Cells(runs);
  ASSERT_EQ(cells.size(), 36U);
  EXPECT_EQ(cells[1], (std::vector<std::size_t>{1, 37, 73}));
}

}  // namespace
}  // namespace isoflop
