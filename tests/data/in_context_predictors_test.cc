#include "lib/data/in_context_predictors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lib/core/normals.h"
#include "lib/core/random.h"

namespace isoflop {
namespace {

using Vector = std::vector<float>;

/// Returns the mean squared error after `shown` pairs without noise, over many
/// draws of weights and pairs.
double RiskAfter(InContextPredictor* predictor, std::size_t dimension,
                 std::size_t shown) {
  constexpr int kDraws = 20000;
  double sum = 0.0;
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    Vector numbers((shown + 2) * dimension);
    FillNormal(MixBits(17, draw), numbers);
    const auto row = [&](std::size_t i) {
      return std::span<const float>(numbers).subspan(i * dimension, dimension);
    };
    const auto y = [&](std::span<const float> x) {
      double product = 0.0;
      for (std::size_t i = 0; i < dimension; ++i) {
        product += static_cast<double>(row(0)[i]) * static_cast<double>(x[i]);
      }
      return product;
    };
    predictor->Reset();
    for (std::size_t pair = 0; pair < shown; ++pair) {
      predictor->Show(row(1 + pair), y(row(1 + pair)));
    }
    const double error = predictor->Predict(row(1 + shown)) - y(row(1 + shown));
    sum += error * error;
  }
  return sum / kDraws;
}

TEST(OneGradientStep, HasTheErrorOfTheTheory) {
  for (const std::size_t shown : {0U, 5U, 20U}) {
    const auto one_step = MakeOneGradientStep(20, 0.0);
    const double theory = 20.0 * 21.0 / (static_cast<double>(shown) + 21.0);
    EXPECT_NEAR(RiskAfter(one_step.get(), 20, shown), theory, 0.04 * theory);
  }
}

TEST(Averaging, HasTheErrorOfTheTheory) {
  const auto averaging = MakeAveraging(8);
  EXPECT_NEAR(RiskAfter(averaging.get(), 8, 10), 8.0 * 9.0 / 10.0, 0.3);
}

TEST(LeastSquares, HasTheErrorOfWhatIsNotSpanned) {
  const auto least_squares = MakeLeastSquares(6);
  EXPECT_NEAR(RiskAfter(least_squares.get(), 6, 0), 6.0, 0.2);
  EXPECT_NEAR(RiskAfter(least_squares.get(), 6, 4), 2.0, 0.1);
  EXPECT_NEAR(RiskAfter(least_squares.get(), 6, 6), 0.0, 1e-3);
  EXPECT_NEAR(RiskAfter(least_squares.get(), 6, 20), 0.0, 1e-6);
}

TEST(LeastSquares, SolvesTheNormalEquationsOfPairsThatDisagree) {
  const auto least_squares = MakeLeastSquares(1);
  least_squares->Show(Vector{1.0F}, 1.0);
  least_squares->Show(Vector{2.0F}, 5.0);
  // w = (1 + 10) / (1 + 4).
  EXPECT_NEAR(least_squares->Predict(Vector{10.0F}), 22.0, 1e-4);
}

TEST(LeastSquares, GoesOnLearningInManyDimensions) {
  // Whatever the pairs, the residuals are orthogonal to every x.
  constexpr std::size_t kDimension = 20;
  constexpr std::size_t kPairs = 60;
  Vector numbers(kPairs * (kDimension + 1));
  FillNormal(3, numbers);
  const auto least_squares = MakeLeastSquares(kDimension);
  const auto x = [&](std::size_t i) {
    return std::span<const float>(numbers).subspan(i * (kDimension + 1),
                                                   kDimension);
  };
  const auto y = [&](std::size_t i) {
    return static_cast<double>(numbers[i * (kDimension + 1) + kDimension]);
  };
  for (std::size_t i = 0; i < kPairs; ++i) least_squares->Show(x(i), y(i));
  for (std::size_t j = 0; j < kDimension; ++j) {
    double product = 0.0;
    for (std::size_t i = 0; i < kPairs; ++i) {
      product +=
          (y(i) - least_squares->Predict(x(i))) * static_cast<double>(x(i)[j]);
    }
    EXPECT_NEAR(product, 0.0, 1e-3);
  }
}

TEST(Ridge, ShrinksByItsLambda) {
  const auto ridge = MakeRidge(1, 3.0);
  ridge->Show(Vector{1.0F}, 8.0);
  EXPECT_NEAR(ridge->Predict(Vector{1.0F}), 2.0, 1e-12);  // 8 / (1 + 3)
  ridge->Reset();
  EXPECT_EQ(ridge->Predict(Vector{1.0F}), 0.0);
}

TEST(Ridge, WithoutLambdaIsLeftAloneByWhatItKnows) {
  const auto ridge = MakeRidge(2, 0.0);
  ridge->Show(Vector{1.0F, 1.0F}, 2.0);
  ridge->Show(Vector{2.0F, 2.0F}, 5.0);  // says otherwise
  EXPECT_NEAR(ridge->Predict(Vector{1.0F, 0.0F}), 1.0, 1e-9);
}

TEST(NearestNeighbour, GivesTheYOfTheNearestX) {
  const auto nearest = MakeNearestNeighbour(2);
  EXPECT_EQ(nearest->Predict(Vector{0.0F, 0.0F}), 0.0);
  nearest->Show(Vector{0.0F, 3.0F}, 7.0);
  nearest->Show(Vector{2.0F, 0.0F}, -1.0);
  EXPECT_EQ(nearest->Predict(Vector{0.0F, 0.0F}), -1.0);
  EXPECT_EQ(nearest->Predict(Vector{0.0F, 2.0F}), 7.0);
}

TEST(KernelSmoother, LiesBetweenTheNearestAndTheMean) {
  const std::vector<std::pair<Vector, double>> pairs = {{{0.0F, 1.0F}, 3.0},
                                                        {{5.0F, 0.0F}, 9.0}};
  const auto narrow = MakeKernelSmoother(2, 0.01);
  const auto wide = MakeKernelSmoother(2, 1e4);
  const auto half = MakeKernelSmoother(2, 2.0);
  EXPECT_EQ(narrow->Predict(Vector{0.0F, 0.0F}), 0.0);
  for (const auto& [x, y] : pairs) {
    narrow->Show(x, y);
    wide->Show(x, y);
    half->Show(x, y);
  }
  const Vector origin = {0.0F, 0.0F};
  EXPECT_NEAR(narrow->Predict(origin), 3.0, 1e-12);
  EXPECT_NEAR(wide->Predict(origin), 6.0, 1e-6);
  const double far = std::exp(-(25.0 - 1.0) / 8.0);
  EXPECT_NEAR(half->Predict(origin), (3.0 + 9.0 * far) / (1.0 + far), 1e-12);
  // So far from all that every weight would be 0.
  EXPECT_NEAR(narrow->Predict(Vector{0.0F, 1e3F}), 3.0, 1e-12);
}

TEST(MeanOfTasks, TurnsToTheTaskThatFits) {
  const auto mean = MakeMeanOfTasks(1, {1.0F, -1.0F, 4.0F}, 0.5);
  EXPECT_NEAR(mean->Predict(Vector{3.0F}), 4.0, 1e-6);  // of 3, -3, 12
  mean->Show(Vector{1.0F}, 1.0);
  const double other = std::exp(-4.0);
  const double third = std::exp(-9.0);
  EXPECT_NEAR(mean->Predict(Vector{1.0F}),
              (1.0 - other + 4.0 * third) / (1.0 + other + third), 1e-12);
  for (int i = 0; i < 400; ++i) mean->Show(Vector{10.0F}, 10.0);
  EXPECT_NEAR(mean->Predict(Vector{1.0F}), 1.0, 1e-12);
}

}  // namespace
}  // namespace isoflop
