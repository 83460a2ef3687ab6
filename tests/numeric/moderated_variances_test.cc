#include "lib/numeric/moderated_variances.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/core/random.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

/// A variance of so many squares of normal numbers, about 0.
EstimatedVariance Draw(double sigma, int degrees, RandomStream* random) {
  double squares = 0.0;
  for (int i = 0; i < degrees; ++i) {
    const double z = sigma * random->Normal();
    squares += z * z;
  }
  return {squares / degrees, static_cast<double>(degrees)};
}

TEST(ModeratedVariances, AreOneWhereTheyDifferByChanceAlone) {
  const auto moderated = ModeratedVariances(
      std::vector<EstimatedVariance>{{1.0, 4.0}, {2.0, 4.0}});
  EXPECT_EQ(moderated[0], moderated[1]);
  // exp of the mean of ln s^2, less what a chi-squared's logarithm lacks:
  // psi(2) = 1 - Euler's constant.
  const double lacking = 1.0 - 0.5772156649015329 - std::log(2.0);
  EXPECT_NEAR(moderated[0], std::sqrt(2.0) * std::exp(-lacking), 1e-12);
}

TEST(ModeratedVariances, LieBetweenTheirOwnAndTheCommonOne) {
  const std::vector<EstimatedVariance> own = {
      {1e-4, 4.0}, {1.0, 4.0}, {1e4, 4.0}};
  const auto moderated = ModeratedVariances(own);
  EXPECT_GT(moderated[0], own[0].value);
  EXPECT_LT(moderated[2], own[2].value);
  EXPECT_LT(moderated[0], moderated[1]);
  EXPECT_LT(moderated[1], moderated[2]);
}

TEST(ModeratedVariances, StayWhereTheyHaveManyDegreesOfFreedom) {
  const auto moderated = ModeratedVariances(
      std::vector<EstimatedVariance>{{1.0, 1e6}, {4.0, 1e6}, {9.0, 1e6}});
  EXPECT_NEAR(moderated[0], 1.0, 1e-4);
  EXPECT_NEAR(moderated[2], 9.0, 1e-4);
}

TEST(ModeratedVariances, ScaleWithTheVariances) {
  const std::vector<EstimatedVariance> own = {
      {1.0, 3.0}, {30.0, 5.0}, {2.0, 4.0}};
  const auto larger = Transformed(own, [](const EstimatedVariance& v) {
    return EstimatedVariance{100.0 * v.value, v.degrees_of_freedom};
  });
  const auto moderated = ModeratedVariances(own);
  const auto moderated_larger = ModeratedVariances(larger);
  for (std::size_t i = 0; i < own.size(); ++i) {
    EXPECT_NEAR(moderated_larger[i] / moderated[i], 100.0, 1e-6);
  }
}

TEST(ModeratedVariances, AreNearerToTheTruthThanVariancesOfFewResiduals) {
  RandomStream random(3);
  double own_error = 0.0;
  double moderated_error = 0.0;
  for (int set = 0; set < 300; ++set) {
    std::vector<EstimatedVariance> own;
    for (int i = 0; i < 7; ++i) own.push_back(Draw(1.0, 4, &random));
    const auto moderated = ModeratedVariances(own);
    for (std::size_t i = 0; i < own.size(); ++i) {
      own_error += std::abs(std::log(own[i].value));
      moderated_error += std::abs(std::log(moderated[i]));
    }
  }
  EXPECT_LT(moderated_error, 0.6 * own_error);
}

}  // namespace
}  // namespace isoflop
