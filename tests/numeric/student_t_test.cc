#include "lib/numeric/student_t.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "lib/core/random.h"

namespace isoflop {
namespace {

/// Draws from Student's t with 3 degrees of freedom: a normal over the root of
/// a mean of three squared normals.
std::vector<WeightedResidual> Draws(int count, double scale) {
  RandomStream stream(17);
  std::vector<WeightedResidual> draws;
  for (int i = 0; i < count; ++i) {
    double squares = 0.0;
    for (int j = 0; j < 3; ++j) squares += std::pow(stream.Normal(), 2);
    draws.push_back({scale * stream.Normal() / std::sqrt(squares / 3.0), 1.0});
  }
  return draws;
}

/// Less its sign.
double Likelihood(const std::vector<WeightedResidual>& draws,
                  const StudentT& density) {
  const auto [s, nu] = density;
  double sum = 0.0;
  for (const auto& r : draws) {
    const double t = r.value / s;
    sum += r.weight * (0.5 * (nu + 1.0) * std::log1p(t * t / nu) + std::log(s) +
                       0.5 * std::log(nu * std::numbers::pi) +
                       std::lgamma(0.5 * nu) - std::lgamma(0.5 * (nu + 1.0)));
  }
  return sum;
}

TEST(StudentT, FindsTheScaleAndDegreesOfFreedomOfManyDraws) {
  const auto density = EstimateStudentT(Draws(20000, 0.004));
  ASSERT_TRUE(density.has_value());
  EXPECT_NEAR(density->scale, 0.004, 1e-4);
  EXPECT_NEAR(density->degrees_of_freedom, 3.0, 0.2);
}

TEST(StudentT, IsMoreLikelyThanItsNeighbours) {
  const auto draws = Draws(200, 0.004);
  const StudentT best = *EstimateStudentT(draws);
  const double likelihood = Likelihood(draws, best);
  for (const double factor : {0.9, 0.999, 1.001, 1.1}) {
    EXPECT_GT(Likelihood(draws, {best.scale * factor, best.degrees_of_freedom}),
              likelihood);
    EXPECT_GT(Likelihood(draws, {best.scale, best.degrees_of_freedom * factor}),
              likelihood);
  }
}

TEST(StudentT, CountsAWeightOfTwoAsTwoDraws) {
  auto draws = Draws(50, 1.0);
  auto doubled = draws;
  doubled.insert(doubled.end(), draws.begin(), draws.end());
  for (auto& r : draws) r.weight = 2.0;
  EXPECT_NEAR(EstimateStudentT(draws)->scale, EstimateStudentT(doubled)->scale,
              1e-7);
}

TEST(StudentT, HasAtLeastOneDegreeOfFreedom) {
  // Five residuals that vanish, as those of a law through five points do, drive
  // the degrees of freedom down as far as they may go.
  std::vector<WeightedResidual> draws = Draws(40, 1.0);
  for (int i = 0; i < 5; ++i) draws[static_cast<std::size_t>(i)].value = 1e-13;
  for (auto& r : draws) r.value = r.value * r.value * r.value;
  const auto density = EstimateStudentT(draws);
  ASSERT_TRUE(density.has_value());
  EXPECT_EQ(density->degrees_of_freedom, kFewestDegrees);
  EXPECT_GT(density->scale, 1e-6);
}

TEST(StudentT, HasNoAnswerForResidualsThatVanish) {
  const std::vector<WeightedResidual> none(10);
  EXPECT_FALSE(EstimateStudentT(none).has_value());
}

}  // namespace
}  // namespace isoflop
