#include "analysis/solve/minimise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "analysis/solve/limits.h"

namespace isoflop {
namespace {

using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

VectorXd At(double x) { return VectorXd::Constant(1, x); }
VectorXd At(double x, double y) { return Vector2d(x, y); }

/// What there is of a quadratic in which all coordinates have the same scale.
LocalQuadratic Quadratic(double value, const VectorXd& gradient,
                         const MatrixXd& hessian) {
  return {.value = value,
          .gradient = gradient,
          .hessian = hessian,
          .curvature_scale = VectorXd::Ones(gradient.size()),
          .magnitude = VectorXd::Ones(gradient.size())};
}

/// 100 (y - x^2)^2 + (1 - x)^2, with the roots 10 (y - x^2) and 1 - x.
SmoothObjective Rosenbrock() {
  const auto roots = [](const VectorXd& z) {
    const double x = z[0];
    const Vector2d R(10.0 * (z[1] - x * x), 1.0 - x);
    Matrix2d J;
    J << -20.0 * x, 10.0, -1.0, 0.0;
    return Quadratic(R.squaredNorm(), 2.0 * J.transpose() * R,
                     2.0 * J.transpose() * J);
  };
  const auto model = [roots](const VectorXd& z) {
    LocalQuadratic local = roots(z);
    local.hessian(0, 0) -= 400.0 * (z[1] - z[0] * z[0]);
    return local;
  };
  return {.model = model, .roots = roots};
}

/// (ln x - 1)^2, which is no number for x < 0. How often that was asked for.
struct Logarithm {
  int asked_for_no_number = 0;

  SmoothObjective objective() {
    const auto roots = [this](const VectorXd& z) {
      if (z[0] < 0.0) ++asked_for_no_number;
      const double R = std::log(z[0]) - 1.0;
      const double slope = 1.0 / z[0];
      return Quadratic(R * R, At(2.0 * R * slope),
                       MatrixXd::Constant(1, 1, 2.0 * slope * slope));
    };
    const auto model = [roots](const VectorXd& z) {
      LocalQuadratic local = roots(z);
      local.hessian(0, 0) -= local.gradient[0] / z[0];
      return local;
    };
    return {.model = model, .roots = roots};
  }
};

TEST(Descend, GoesDownABentValley) {
  for (const auto& [x, y] :
       {std::pair{-1.2, 1.0}, std::pair{3.0, -5.0}, std::pair{0.0, 0.0}}) {
    const VectorXd end = Descend(Rosenbrock(), At(x, y), 1e-12);
    EXPECT_NEAR(end[0], 1.0, 1e-4);
    EXPECT_NEAR(end[1], 1.0, 2e-4);
  }
}

/// x^4, with the root x^2: each step about halves x, so that the squares never
/// change by less than a given share of what they are.
SmoothObjective Quartic() {
  const auto roots = [](const VectorXd& z) {
    const double x = z[0];
    return Quadratic(std::pow(x, 4.0), At(4.0 * std::pow(x, 3.0)),
                     MatrixXd::Constant(1, 1, 8.0 * x * x));
  };
  return {.model = roots, .roots = roots};
}

TEST(Descend, StopsByAChangeAsAShareOfTheSquaresAtTheStart) {
  for (const double start : {1.0, 1000.0}) {
    const double left = Descend(Quartic(), At(start), 1e-6)[0] / start;
    // The last step but one fell by more than 5e-7 of start^4.
    EXPECT_GT(std::pow(4.0 * left, 4.0), 5e-7) << start;
    EXPECT_LT(std::pow(left, 4.0), 5e-7) << start;
  }
}

TEST(Descend, RefusesPointsAtWhichTheObjectiveIsNotFinite) {
  Logarithm logarithm;
  const SmoothObjective objective = logarithm.objective();
  // The first full step from 10 leads below 0.
  const VectorXd end = Descend(objective, At(10.0), 1e-12);
  EXPECT_GT(logarithm.asked_for_no_number, 0);
  EXPECT_NEAR(end[0], std::exp(1.0), 1e-4);
  EXPECT_NEAR(PolishByNewton(objective, end).point[0], std::exp(1.0), 1e-14);
}

TEST(Descend, RefusesPointsAtWhichASlopeIsNotFinite) {
  const auto roots = [](const VectorXd& z) {
    const double slope = z[0] > 0.0 ? 1.0 : kInfinity;
    return Quadratic(std::pow(z[0] - 1.0, 2.0), At(2.0 * (z[0] - 1.0) * slope),
                     MatrixXd::Constant(1, 1, 0.2));  // too long a step
  };
  const VectorXd end = Descend({.model = roots, .roots = roots}, At(1.5), 1e-9);
  EXPECT_GT(end[0], 0.0);
  EXPECT_LT(std::abs(end[0] - 1.0), 0.5);
}

TEST(Descend, StaysWhereNothingIsLeftAndWhereNothingIsKnown) {
  Logarithm logarithm;
  const SmoothObjective objective = logarithm.objective();
  EXPECT_EQ(Descend(objective, At(-2.0), 1e-9)[0], -2.0);
  EXPECT_EQ(Descend(Rosenbrock(), At(1.0, 1.0), 1e-9), At(1.0, 1.0));
  EXPECT_EQ(Descend(objective, VectorXd(0), 1e-9).size(), 0);
}

TEST(PolishByNewton, GoesToTheLastDigit) {
  const LocalMinimum minimum = PolishByNewton(Rosenbrock(), At(1.1, 1.2));
  EXPECT_NEAR(minimum.point[0], 1.0, 1e-14);
  EXPECT_NEAR(minimum.point[1], 1.0, 1e-14);
  EXPECT_LT(minimum.newton_step, 1e-12);
  EXPECT_TRUE(IsMinimum(minimum));
  // Eigenvalues of {{802, -400}, {-400, 200}}: about 1001.6 and 0.3994.
  EXPECT_NEAR(minimum.relative_curvature, 0.39936 / 1001.60064, 1e-9);
  EXPECT_EQ(minimum.weakest, 1);
}

/// x^4 / 4 - x^2 / 2 + y^2: a saddle between two minima.
SmoothObjective TwoWells() {
  const auto model = [](const VectorXd& z) {
    const double x = z[0];
    return Quadratic(0.25 * std::pow(x, 4.0) - 0.5 * x * x + z[1] * z[1],
                     Vector2d(x * x * x - x, 2.0 * z[1]),
                     Vector2d(3.0 * x * x - 1.0, 2.0).asDiagonal());
  };
  return {.model = model, .roots = model};
}

TEST(PolishByNewton, LeavesASaddle) {
  const LocalMinimum minimum = PolishByNewton(TwoWells(), At(0.01, 1.0));
  EXPECT_NEAR(minimum.point[0], 1.0, 1e-12);
  EXPECT_NEAR(minimum.point[1], 0.0, 1e-12);
  EXPECT_NEAR(minimum.value(), -0.25, 1e-14);
}

TEST(PolishByNewton, DoesNotTakeASaddleForAMinimum) {
  const LocalMinimum saddle = PolishByNewton(TwoWells(), At(0.0, 0.0));
  EXPECT_EQ(saddle.newton_step, kInfinity);
  EXPECT_LT(saddle.relative_curvature, 0.0);
  EXPECT_FALSE(IsMinimum(saddle));
}

TEST(PolishByNewton, HasNoValueWhereThereIsNoNumber) {
  Logarithm logarithm;
  const LocalMinimum nowhere = PolishByNewton(logarithm.objective(), At(-1.0));
  EXPECT_EQ(nowhere.value(), kInfinity);
  EXPECT_EQ(nowhere.newton_step, kInfinity);
  EXPECT_FALSE(IsMinimum(nowhere));
}

TEST(PolishByNewton, HasNothingToDoWithoutCoordinates) {
  const auto model = [](const VectorXd&) {
    return Quadratic(3.0, VectorXd(0), MatrixXd(0, 0));
  };
  const LocalMinimum minimum =
      PolishByNewton({.model = model, .roots = model}, VectorXd(0));
  EXPECT_EQ(minimum.value(), 3.0);
  EXPECT_EQ(minimum.relative_curvature, 1.0);
  EXPECT_EQ(minimum.newton_step, 0.0);
  EXPECT_EQ(RelativeGradient(minimum.model), 0.0);
}

TEST(RelativeGradient, IsTheLargestShareOfItsTerms) {
  LocalQuadratic model =
      Quadratic(1.0, Vector2d(-3.0, 0.5), Matrix2d::Identity());
  model.magnitude = Vector2d(6.0, 0.5);
  EXPECT_DOUBLE_EQ(RelativeGradient(model), 1.0);
  model.magnitude = Vector2d(6.0, 5.0);
  EXPECT_DOUBLE_EQ(RelativeGradient(model), 0.5);
}

TEST(ConditionNumber, IsThatOfTheHessianInOtherCoefficients) {
  const Matrix2d hessian = Vector2d(4.0, 2.0).asDiagonal();
  const Vector2d scale(4.0, 2.0);
  EXPECT_NEAR(*ConditionNumber(hessian, scale, Matrix2d::Identity()), 2.0,
              1e-14);
  const Matrix2d by_given = Vector2d(1.0, 1e6).asDiagonal();
  EXPECT_NEAR(*ConditionNumber(hessian, scale, by_given) / 5e11, 1.0, 1e-12);
}

TEST(ConditionNumber, IsLeftOutWhereItIsNoPositiveNumber) {
  EXPECT_FALSE(ConditionNumber(Matrix2d::Ones(), Vector2d::Ones(),
                               Matrix2d::Identity()));
  EXPECT_FALSE(ConditionNumber(MatrixXd(0, 0), VectorXd(0), MatrixXd(0, 0)));
}

}  // namespace
}  // namespace isoflop
