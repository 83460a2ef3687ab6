// The hand-written derivatives of Approach 3 against Ceres' automatic ones and
// against finite differences.

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/fit/chinchilla_objective.h"
#include "analysis/fit/held_coefficients.h"
#include "tests/fit/synthetic.h"

namespace isoflop {
namespace {

/// A face of every kind: E free, E held, exponents tied, A and alpha held.
std::vector<Face> Faces(const ChinchillaObjective& objective) {
  const auto held = [&](const ObjectiveOptions& options) {
    return HeldCoefficients(options, objective.units());
  };
  return {held({}).Inside(),
          held({}).AtGivenE(),
          held({.tied_exponents = true}).Inside(),
          held({.tied_exponents = true, .fixed = {{"E", 1.2}}}).Inside(),
          held({.fixed = {{"A", 150.0}}}).Inside(),
          held({.fixed = {{"alpha", 0.5}}}).Inside()};
}

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
Vector5 PointNearby(const Face& face) {
  const Chinchilla law{
      .E = 0.55, .A = 0.17, .B = 0.27, .alpha = 0.5, .beta = 0.61};
  return PointOf(face.chart, law);
}

Vector5 Differences(const ChinchillaObjective& objective, const Face& face,
                    const Vector5& point) {
  Vector5 gradient;
  for (int i = 0; i < 5; ++i) {
    const Vector5 step = 1e-6 * face.directions.col(i);
    gradient[i] = (objective.Value(face.chart, point + step) -
                   objective.Value(face.chart, point - step)) /
                  2e-6;
  }
  return gradient;
}

using Jet = ceres::Jet<double, 5>;

/// The penalties once more, for automatic differentiation.
Jet PenaltyAt(const Penalty& penalty, const Jet& r) {
  const double delta = penalty.delta();
  switch (penalty.kind()) {
    case LossKind::kHuber:
      return abs(r) <= delta ? 0.5 * r * r : delta * (abs(r) - 0.5 * delta);
    case LossKind::kLad:
      return abs(r);
    case LossKind::kL2:
      return r * r;
    case LossKind::kStudentT:
      break;
  }
  const double nu = penalty.density().degrees_of_freedom;
  const double s = penalty.density().scale;
  return penalty.log_normaliser() +
         0.5 * (nu + 1.0) * log(1.0 + r * r / (nu * s * s));
}

/// The law at a point, with its derivatives along the directions.
ChinchillaCoefficients<Jet> LawAlong(const Face& face, const Vector5& point) {
  Jet p[5];
  for (int i = 0; i < 5; ++i) {
    p[i].a = point[i];
    p[i].v = face.directions.row(i).transpose();
  }
  ChinchillaCoefficients<Jet> law{p[0], exp(p[1]), exp(p[2]), p[3], p[4]};
  if (face.chart == Chart::kPlain) return law;
  law.A /= law.alpha;
  law.B /= law.beta;
  law.E = p[0] - law.A - law.B;
  return law;
}

/// The objective from its definition, with automatic derivatives.
Jet AutomaticObjective(const ChinchillaObjective& objective,
                       ResidualKind residual, const Face& face,
                       const Vector5& point) {
  const auto law = LawAlong(face, point);
  Jet sum(0.0);
  for (const LossPoint& run : objective.runs()) {
    const Jet predicted = LossAtLog(law, run.log_N, run.log_D);
    const Jet r = residual == ResidualKind::kLog
                      ? log(predicted) - run.log_loss
                      : objective.units().loss * (predicted - run.loss);
    sum += run.weight * PenaltyAt(objective.penalty(), r);
  }
  return sum;
}

TEST(ChinchillaDerivatives, AgreeWithAutomaticDifferentiationOfTheLaw) {
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

TEST(ChinchillaDerivatives, OfTheObjectiveAgreeWithAutomaticOnes) {
  for (const auto residual : {ResidualKind::kLog, ResidualKind::kRaw}) {
    for (const Penalty& penalty :
         {Penalty::Huber(0.01), Penalty::Huber(1e-4), Penalty::Squares(),
          Penalty::Student({0.01, 3.0})}) {
      const auto objective = MakeObjective(penalty, residual);
      for (const Face& face : Faces(objective)) {
        const Vector5 point = PointNearby(face);
        const Jet expected =
            AutomaticObjective(objective, residual, face, point);
        const LocalModel model = objective.ModelAt(face, point);
        EXPECT_NEAR(model.value, expected.a, 1e-12 * std::abs(expected.a));
        EXPECT_LT((model.gradient - expected.v).norm(),
                  1e-11 * expected.v.norm());
      }
    }
  }
}

TEST(ChinchillaDerivatives, OfTheObjectiveAgreeWithFiniteDifferences) {
  for (const auto& objective : Objectives()) {
    for (const Face& face : Faces(objective)) {
      const Vector5 point = PointNearby(face);
      const LocalModel model = objective.ModelAt(face, point);
      const Vector5 expected = Differences(objective, face, point);
      EXPECT_NEAR(model.value, objective.Value(face.chart, point), 1e-12);
      EXPECT_LT((model.gradient - expected).norm(), 1e-6 * expected.norm());
    }
  }
}

TEST(ChinchillaDerivatives, OfSecondOrderAgreeWithDifferencesOfTheGradient) {
  for (const auto& objective : Objectives()) {
    for (const Face& face : Faces(objective)) {
      const Vector5 point = PointNearby(face);
      const Matrix5 hessian = objective.ModelAt(face, point).hessian;
      for (int i = 0; i < 5; ++i) {
        if (!face.Moves(i)) continue;
        const Vector5 step = 1e-6 * face.directions.col(i);
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
    for (const Face& face : Faces(objective)) {
      const Vector5 point = PointNearby(face);
      const auto rows = static_cast<Eigen::Index>(objective.root_count());
      Eigen::VectorXd roots(rows);
      Eigen::MatrixXd jacobian(rows, 5);
      ASSERT_TRUE(objective.RootPenalties(
          face, point, 1.0, {roots.data(), objective.root_count()},
          jacobian.data()));
      const Vector5 gradient = 2.0 * jacobian.transpose() * roots;
      const Vector5 expected = objective.ModelAt(face, point).gradient;
      EXPECT_LT((gradient - expected).norm(), 1e-10 * expected.norm());
    }
  }
}

TEST(ChinchillaDerivatives, KnowTheSlopeByEAlone) {
  const auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  const Face face = HeldCoefficients({}, objective.units()).AtGivenE();
  const Vector5 point = PointNearby(face);
  Chinchilla law = LawAt(face.chart, point);
  const double before = objective.Value(face.chart, point);
  law.E += 1e-7;
  const double after =
      objective.Value(Chart::kMiddle, PointOf(Chart::kMiddle, law));
  EXPECT_NEAR(objective.ModelAt(face, point).slope_by_E,
              (after - before) / 1e-7, 1e-4);
}

TEST(ChinchillaDerivatives, AreNotFiniteWhereTheLawPredictsNoLoss) {
  const auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  Vector5 point = PointNearby({});
  point[0] = -3.0;
  EXPECT_FALSE(std::isfinite(objective.Value(Chart::kMiddle, point)));
}

TEST(ChinchillaObjective, KeepsALawThroughItsOwnUnits) {
  const auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  const Chinchilla law =
      objective.units().Given(objective.units().Centred(kSmallLaw));
  EXPECT_NEAR(law.E, kSmallLaw.E, 1e-13);
  EXPECT_NEAR(law.A, kSmallLaw.A, 1e-10);
  EXPECT_NEAR(law.B, kSmallLaw.B, 1e-10);
}

TEST(ChinchillaObjective, PassesOverRunsOfWeightZero) {
  auto objective = MakeObjective(Penalty::Squares(), ResidualKind::kLog);
  const Vector5 point = PointNearby({});
  const double all = objective.Value(Chart::kMiddle, point);
  std::vector<double> factors(objective.runs().size(), 1.0);
  factors[0] = 0.0;
  objective.SetWeightFactors(factors);
  EXPECT_LT(objective.Value(Chart::kMiddle, point), all);
}

}  // namespace
}  // namespace isoflop
