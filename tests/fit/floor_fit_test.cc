#include "analysis/fit/floor_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/core/random.h"

namespace isoflop {
namespace {

std::vector<WeightedPoint> Points(double floor, double scale, double exponent,
                                  double first, int count) {
  std::vector<WeightedPoint> points;
  for (int i = 0; i < count; ++i) {
    const double x = std::ldexp(first, i);
    points.push_back({x, floor + std::pow(scale / x, exponent), 1.0});
  }
  return points;
}

double At(const FloorLaw& law, double x) {
  return law.floor + std::pow(law.scale / x, law.exponent);
}

TEST(FitFloorLaw, RecoversEveryPartOfTheLaw) {
  for (const double floor : {0.3, 1.1, 1.9}) {
    for (const double exponent : {0.05, 0.3, 0.9}) {
      const auto points = Points(floor, 3e8, exponent, 1e6, 9);
      const auto law = FitFloorLaw(points);
      ASSERT_TRUE(law.has_value());
      EXPECT_NEAR(law->floor, floor, 2e-6) << exponent;
      EXPECT_NEAR(law->exponent, exponent, 1e-6) << floor;
      EXPECT_NEAR(At(*law, 3e8), floor + 1.0, 1e-6);
    }
  }
}

TEST(FitFloorLaw, HasNoFloorWhereThereIsNone) {
  const auto law = FitFloorLaw(Points(0.0, 8.8e13, 0.076, 1e6, 8));
  ASSERT_TRUE(law.has_value());
  EXPECT_NEAR(law->floor, 0.0, 1e-5);
  EXPECT_NEAR(law->exponent, 0.076, 1e-6);
}

TEST(FitFloorLaw, HasNoFloorWhereANegativeOneWouldBeBest) {
  std::vector<WeightedPoint> points;
  for (double x = 1.0; x < 100.0; x *= 2.0) {
    points.push_back({x, 9.0 - 1.5 * std::log(x), 1.0});
  }
  const auto law = FitFloorLaw(points);
  ASSERT_TRUE(law.has_value());
  EXPECT_EQ(law->floor, 0.0);
}

TEST(FitFloorLaw, NeverFitsWorseThanThePlainLaw) {
  const auto squares = [](const auto& law, const auto& points) {
    double sum = 0.0;
    for (const WeightedPoint& p : points) {
      sum += std::pow(std::log(law(p.x) / p.y), 2);
    }
    return sum;
  };
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto points = Points(0.8, 1e7, 0.4, 1e5, 7);
    RandomStream stream(seed);
    for (WeightedPoint& p : points) p.y *= std::exp(0.05 * stream.Normal());
    const auto law = FitFloorLaw(points);
    const auto plain = FitPowerLaw(points);
    ASSERT_TRUE(law && plain);
    EXPECT_LE(
        squares([&](double x) { return At(*law, x); }, points),
        squares([&](double x) { return Evaluate(*plain, x); }, points) + 1e-12);
  }
}

TEST(FitFloorLaw, DoesNotDependOnUnits) {
  auto points = Points(1.2, 3e8, 0.5, 1e6, 6);
  points[2].y *= 1.01;
  const auto law = FitFloorLaw(points);
  for (WeightedPoint& p : points) {
    p.x *= 1e280;
    p.y *= 1e-290;
  }
  const auto scaled = FitFloorLaw(points);
  ASSERT_TRUE(law && scaled);
  EXPECT_NEAR(scaled->exponent, law->exponent, 1e-7);
  EXPECT_NEAR(scaled->floor / 1e-290, law->floor, 1e-6);
}

TEST(FitFloorLaw, CertifiesItsOptimum) {
  for (const double floor : {0.0, 0.8}) {
    auto points = Points(floor, 1e7, 0.4, 1e5, 9);
    RandomStream stream(3);
    for (WeightedPoint& p : points) p.y *= std::exp(0.01 * stream.Normal());
    const auto law = FitFloorLaw(points);
    ASSERT_TRUE(law.has_value());
    const Certificate& certificate = law->certificate;
    EXPECT_EQ(certificate.starts, 4);
    EXPECT_EQ(certificate.agreeing, 4);
    EXPECT_TRUE(certificate.certified());
    EXPECT_LT(certificate.gradient_norm, 1e-9);
    EXPECT_TRUE(certificate.condition_number.has_value());
  }
}

TEST(FitFloorLaw, HasNoAnswerWithoutOne) {
  EXPECT_FALSE(FitFloorLaw({}));
  EXPECT_FALSE(FitFloorLaw(Points(1.0, 1e6, 0.5, 1e6, 3)));
  auto repeated = Points(1.0, 1e6, 0.5, 1e6, 3);
  repeated.push_back(repeated[0]);
  EXPECT_FALSE(FitFloorLaw(repeated));
  EXPECT_FALSE(FitFloorLaw(Points(1.0, 1e6, -0.5, 1e6, 6)));
  EXPECT_FALSE(FitFloorLaw(std::vector<WeightedPoint>{
      {1.0, 3.0}, {2.0, 1.0}, {4.0, 1.0}, {8.0, 1.0}, {16.0, 1.0}}));
}

}  // namespace
}  // namespace isoflop
