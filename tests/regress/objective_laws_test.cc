// The objective of every law: its derivatives against finite differences, and
// the penalties of many residuals at a time against those of one.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/regress/chart.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/objective.h"
#include "analysis/regress/starts.h"
#include "tests/regress/law_runs.h"

namespace isoflop {
namespace {

using Eigen::VectorXd;

VectorXd Shifted(VectorXd z, Eigen::Index j, double by) {
  z[j] += by;
  return z;
}

/// Penalties of sixteen residuals at a time against those of one: y = c, so
/// that the objective's derivatives are the penalty's.
TEST(Objective, HasThePenaltiesOfSingleResiduals) {
  std::vector<LawRun> runs(kLanes);
  for (int i = 0; i < kLanes; ++i) {
    const auto lane = static_cast<std::size_t>(i);
    runs[lane].x = 1.0 + i;
    runs[lane].y = 2.0 - (i == 3 ? 0.0 : 1e-3 * (i - 5.5) * i);
  }
  const LawModel model = OffsetPowerLawModel(runs);
  const Chart chart(model, {.held = {0.0, 1.0, std::nullopt}});
  const double unit = std::exp(model.units.log_y);
  const VectorXd z = VectorXd::Constant(1, 2.0 / unit);
  for (const Penalty& penalty :
       {Penalty::Huber(0.01), Penalty::SmoothedLad(1e-6), Penalty::Squares(),
        Penalty::Student({0.01, 2.5})}) {
    Objective objective(model, runs, penalty, ResidualKind::kRaw);
    const LocalQuadratic all = objective.ModelAt(chart, z);
    LocalQuadratic sum = all;
    sum.value = sum.gradient[0] = sum.hessian(0, 0) = 0.0;
    for (int i = 0; i < kLanes; ++i) {
      std::vector<double> one(kLanes, 0.0);
      one[static_cast<std::size_t>(i)] = 1.0;
      objective.SetWeightFactors(one);
      const double r = objective.Residuals(chart.Centred(z)).at(0).value;
      const PenaltyValue expected = penalty(r);
      const LocalQuadratic found = objective.ModelAt(chart, z);
      EXPECT_NEAR(found.value, expected.value,
                  1e-14 * (1.0 + std::abs(expected.value)));
      EXPECT_NEAR(found.gradient[0] / unit, expected.slope,
                  1e-14 * (1.0 + std::abs(expected.slope)));
      EXPECT_NEAR(found.hessian(0, 0) / (unit * unit), expected.curvature,
                  1e-14 * (1.0 + std::abs(expected.curvature)));
      const double weight = penalty.SquareWeight(r);
      EXPECT_NEAR(found.curvature_scale[0] / (unit * unit), weight,
                  1e-14 * (1.0 + weight));
      sum.value += found.value;
      sum.gradient[0] += found.gradient[0];
      sum.hessian(0, 0) += found.hessian(0, 0);
    }
    EXPECT_NEAR(all.value, sum.value, 1e-13 * (1.0 + std::abs(sum.value)));
    EXPECT_NEAR(all.gradient[0], sum.gradient[0], 1e-13 * all.magnitude[0]);
    EXPECT_NEAR(all.hessian(0, 0), sum.hessian(0, 0),
                1e-13 * (1.0 + std::abs(sum.hessian(0, 0))));
  }
}

/// Expects the gradient of the values and the Hessian of the gradients.
void ExpectDerivatives(const Objective& objective, const Chart& chart) {
  const std::string& name = chart.model().name;
  VectorXd z = chart.CoordinatesOf(BestStart(objective, chart, 25).c);
  z.array() += 0.01;
  const LocalQuadratic local = objective.ModelAt(chart, z);
  ASSERT_TRUE(local.finite()) << name << " " << z.transpose();
  for (Eigen::Index j = 0; j < z.size(); ++j) {
    const VectorXd above = Shifted(z, j, 1e-6);
    const VectorXd below = Shifted(z, j, -1e-6);
    const double slope = (objective.Value(chart.Centred(above)) -
                          objective.Value(chart.Centred(below))) /
                         2e-6;
    EXPECT_NEAR(local.gradient[j], slope, 1e-5 * local.gradient.norm() + 1e-9)
        << name << " " << j;
    const VectorXd column = (objective.ModelAt(chart, above).gradient -
                             objective.ModelAt(chart, below).gradient) /
                            2e-6;
    EXPECT_LT((local.hessian.col(j) - column).norm(),
              1e-4 * local.hessian.norm() + 1e-9)
        << name << " " << j;
  }
}

TEST(Objective, HasTheDerivativesOfItsValueForEveryLaw) {
  for (const auto& [model, runs] : EveryLaw(0.01)) {
    for (const auto residual : {ResidualKind::kLog, ResidualKind::kRaw}) {
      for (const Penalty& penalty : {Penalty::Squares(), Penalty::Huber(10.0),
                                     Penalty::Student({0.02, 3.0})}) {
        const Objective objective(model, runs, penalty, residual);
        ExpectDerivatives(objective, Chart(model, {}));
      }
    }
  }
}

TEST(Objective, HasThemWithEveryCoefficientAtItsBoundOrHeld) {
  for (const auto& [model, runs] : EveryLaw(0.01)) {
    const Objective objective(model, runs, Penalty::Squares(),
                              ResidualKind::kLog);
    const Chart free(model, {});
    const VectorXd p = free.Given(BestStart(objective, free, 25).c);
    for (std::size_t k = 0; k < model.coefficients.size(); ++k) {
      HeldValues values(model.coefficients.size());
      values[k] = p[static_cast<Eigen::Index>(k)];
      ExpectDerivatives(objective, Chart(model, {.held = values}));
      if (!model.coefficients[k].bound) continue;
      values[k] = *model.coefficients[k].bound;
      ExpectDerivatives(objective, Chart(model, {}, values));
    }
  }
}

}  // namespace
}  // namespace isoflop
