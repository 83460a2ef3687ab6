#include "analysis/diagnose/trunk_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lib/core/random.h"

namespace isoflop {
namespace {

/// The share found in `trunks` trunks of `runs` runs each.
double FoundOf(double share, std::size_t trunks, std::size_t runs,
               std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<double> residuals;
  std::vector<std::size_t> of;
  for (std::size_t trunk = 0; trunk < trunks; ++trunk) {
    const double shared = std::sqrt(share) * random.Normal();
    for (std::size_t run = 0; run < runs; ++run) {
      residuals.push_back(shared + std::sqrt(1.0 - share) * random.Normal());
      of.push_back(trunk);
    }
  }
  return SharedByTrunks(residuals, of);
}

TEST(TrunkNoise, IsFoundAsItIs) {
  for (const double share : {0.0, 0.3, 0.7}) {
    EXPECT_NEAR(FoundOf(share, 400, 5, 1), share, 0.05);
  }
}

TEST(TrunkNoise, IsNoneOfRunsThatStandAlone) {
  EXPECT_EQ(FoundOf(0.5, 40, 1, 2), 0.0);
}

TEST(TrunkNoise, IsNoneWhereThereAreTooFewTrunksToTell) {
  EXPECT_EQ(FoundOf(0.9, 3, 5, 3), 0.0);
}

}  // namespace
}  // namespace isoflop
