// The hand-written derivatives of Approach 3 against Ceres' automatic ones and
// against finite differences.

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/fit/chinchilla_objective.h"
#include "tests/fit/synthetic.h"

namespace isoflop {
namespace {

constexpr Face kFaces[] = {Face::kInside, Face::kWithoutE};

ChinchillaObjective MakeObjective(const Penalty& penalty,
                                  ResidualKind residual) {
  auto observations = WithNoise(SmallSweep(), 0.02, 3);
  for (std::size_t i = 0; i < observations.size(); ++i) {
    observations[i].weight = 1.0 + 0.1 * static_cast<double>(i % 5);
  }
  return ChinchillaObjective(observations, penalty, residual);
}

std::vector<ChinchillaObjective> Objectives() {
  std::vector<ChinchillaObjective> objectives;
  for (const auto residual : {ResidualKind::kLog, ResidualKind::kRaw}) {
    objectives.push_back(MakeObjective(Penalty::Huber(0.01), residual));
    objectives.push_back(MakeObjective(Penalty::Squares(), residual));
    objectives.push_back(
        MakeObjective(Penalty::Student({0.01, 3.0}), residual));
  }
  return objectives;
}

/// A point near a good fit of SmallSweep, but at none of its kinks.
Vector5 PointNearby(Face face) {
  const Chinchilla law{
      .E = 0.55, .A = 0.17, .B = 0.27, .alpha = 0.5, .beta = 0.61};
  return PointOf(face, law);
}

Vector5 Differences(const ChinchillaObjective& objective, Face face,
                    const Vector5& point) {
  Vector5 gradient;
  for (int i = 0; i < 5; ++i) {
    Vector5 step = Vector5::Zero();
    step[i] = 1e-6;
    gradient[i] = (objective.Value(face, point + step) -
                   objective.Value(face, point - step)) /
                  2e-6;
  }
  return gradient;
}

TEST(ChinchillaDerivatives, AgreeWithAutomaticDifferentiationOfTheLaw) {
  using Jet = ceres::Jet<double, 5>;
  const Chinchilla law{
      .E = 1.8, .A = 400.0, .B = 2000.0, .alpha = 0.35, .beta = 0.37};
  const ChinchillaCoefficients<Jet> jets{Jet(law.E, 0), Jet(law.A, 1),
                                         Jet(law.B, 2), Jet(law.alpha, 3),
                                         Jet(law.beta, 4)};
  const Jet expected = LossAtLog(jets, 18.4, 23.1);
  const auto d = DifferentiateAtLog(law, 18.4, 23.1);
  EXPECT_DOUBLE_EQ(d.loss, expected.a);
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(d.gradient[static_cast<std::size_t>(i)], expected.v[i],
                1e-15 * std::abs(expected.v[i]));
  }
}

TEST(ChinchillaDerivatives, OfTheObjectiveAgreeWithFiniteDifferences) {
  for (const auto& objective : Objectives()) {
    for (const Face face : kFaces) {
      const Vector5 point = PointNearby(face);
      const LocalModel model = objective.ModelAt(face, point);
      const Vector5 expected = Differences(objective, face, point);
      EXPECT_NEAR(model.value, objective.Value(face, point), 1e-12);
      EXPECT_LT((model.gradient - expected).norm(), 1e-6 * expected.norm());
    }
  }
}

TEST(ChinchillaDerivatives, OfSecondOrderAgreeWithDifferencesOfTheGradient) {
  for (const auto& objective : Objectives()) {
    for (const Face face : kFaces) {
      const Vector5 point = PointNearby(face);
      const Matrix5 hessian = objective.ModelAt(face, point).hessian;
      for (int i = face == Face::kInside ? 0 : 1; i < 5; ++i) {
        Vector5 step = Vector5::Zero();
        step[i] = 1e-6;
        const Vector5 column =
            (objective.ModelAt(face, point + step).gradient -
             objective.ModelAt(face, point - step).gradient) /
            2e-6;
        EXPECT_LT((hessian.col(i) - column).norm(), 1e-5 * hessian.norm());
      }
    }
  }
}

TEST(ChinchillaDerivatives, OfTheRootsGiveTheGradientOfTheObjective) {
  for (const auto& objective : Objectives()) {
    for (const Face face : kFaces) {
      const Vector5 point = PointNearby(face);
      const auto rows = static_cast<Eigen::Index>(objective.runs().size());
      Eigen::VectorXd roots(rows);
      Eigen::MatrixXd jacobian(rows, 5);
      ASSERT_TRUE(objective.RootPenalties(
          face, point, 1.0, {roots.data(), objective.runs().size()},
          jacobian.data()));
      const Vector5 gradient = 2.0 * jacobian.transpose() * roots;
      const Vector5 expected = objective.ModelAt(face, point).gradient;
      EXPECT_LT((gradient - expected).norm(), 1e-10 * expected.norm());
    }
  }
}

TEST(ChinchillaDerivatives, KnowTheSlopeByEAlone) {
  const auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  const Vector5 point = PointNearby(Face::kWithoutE);
  Chinchilla law = LawAt(Face::kWithoutE, point);
  const double before = objective.Value(Face::kWithoutE, point);
  law.E = 1e-7;
  const double after =
      objective.Value(Face::kInside, PointOf(Face::kInside, law));
  EXPECT_NEAR(objective.ModelAt(Face::kWithoutE, point).slope_by_E,
              (after - before) / 1e-7, 1e-4);
}

TEST(ChinchillaDerivatives, AreNotFiniteWhereTheLawPredictsNoLoss) {
  const auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  Vector5 point = PointNearby(Face::kInside);
  point[0] = -3.0;
  EXPECT_FALSE(std::isfinite(objective.Value(Face::kInside, point)));
}

TEST(ChinchillaObjective, KeepsALawThroughItsOwnUnits) {
  const auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  const Chinchilla law = objective.InGivenUnits(objective.Centred(kSmallLaw));
  EXPECT_NEAR(law.E, kSmallLaw.E, 1e-13);
  EXPECT_NEAR(law.A, kSmallLaw.A, 1e-10);
  EXPECT_NEAR(law.B, kSmallLaw.B, 1e-10);
}

TEST(ChinchillaObjective, PassesOverRunsOfWeightZero) {
  auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  const Vector5 point = PointNearby(Face::kInside);
  const double all = objective.Value(Face::kInside, point);
  std::vector<double> factors(objective.runs().size(), 1.0);
  factors[0] = 0.0;
  objective.SetWeightFactors(factors);
  EXPECT_LT(objective.Value(Face::kInside, point), all);
}

}  // namespace
}  // namespace isoflop
