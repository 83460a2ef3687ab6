// The objective of Approach 3 and its derivatives by hand against Ceres'
// automatic ones and against finite differences.

#include "analysis/regress/objective.h"

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/regress/chart.h"
#include "analysis/regress/law_models.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Jet = ceres::Jet<double, 5>;

std::vector<LawRun> WeightedRuns() {
  auto observations = WithNoise(SmallSweep(), 0.02, 3);
  for (std::size_t i = 0; i < observations.size(); ++i) {
    observations[i].weight = 1.0 + 0.1 * static_cast<double>(i % 5);
  }
  return RunsOf(observations);
}

/// Coordinates of a kind: with something held, tied or at its bound.
struct ChartCase {
  Constraints constraints;
  HeldValues at_bound = {};
};

/// One of every kind: all free, E at its bound, exponents tied, these and E
/// held, A and alpha held, alpha held and the exponents tied.
std::vector<ChartCase> ChartCases() {
  const auto holding = [](std::size_t k, double value) {
    HeldValues held(5);
    held[k] = value;
    return held;
  };
  const std::pair<int, int> tied(3, 4);
  return {{.constraints = {}},
          {.constraints = {}, .at_bound = holding(0, 0.0)},
          {.constraints = {.held = {}, .tied = tied}},
          {.constraints = {.held = holding(0, 1.2), .tied = tied}},
          {.constraints = {.held = holding(1, 150.0)}},
          {.constraints = {.held = holding(3, 0.5)}},
          {.constraints = {.held = holding(3, 0.5), .tied = tied}}};
}

std::vector<Penalty> Penalties() {
  return {Penalty::Huber(0.01), Penalty::Huber(1e-4),
          Penalty::SmoothedLad(0.003), Penalty::Squares(),
          Penalty::Student({0.01, 3.0})};
}

/// Coordinates near a good fit of SmallSweep, but at none of its kinks.
VectorXd PointNearby(const Chart& chart) {
  const std::vector<double> c = {0.55, 0.17, 0.27, 0.5, 0.61};
  return chart.CoordinatesOf(
      chart.Impose(Eigen::Map<const VectorXd>(c.data(), 5)));
}

/// The penalties once more, for automatic differentiation.
Jet AutomaticPenalty(const Penalty& penalty, const Jet& r) {
  const double delta = penalty.huber().delta;
  const Jet huber =
      abs(r) <= delta ? 0.5 * r * r : delta * (abs(r) - 0.5 * delta);
  switch (penalty.kind()) {
    case LossKind::kHuber:
      return huber;
    case LossKind::kLad:
      return huber / delta;
    case LossKind::kL2:
      return r * r;
    case LossKind::kStudentT:
      break;
  }
  const StudentPenalty student = penalty.student();
  return penalty.floor() +
         0.5 * student.nu_plus_1 * log(1.0 + r * r / student.width);
}

/// The law at a point, in the units of the data, with its derivatives by z.
ChinchillaCoefficients<Jet> LawAlong(const Chart& chart, const ChartCase& what,
                                     const VectorXd& z) {
  Jet c[5];
  for (Eigen::Index j = 0; j < chart.size(); ++j) {
    const int k = chart.free()[static_cast<std::size_t>(j)];
    c[k] = Jet(z[j], static_cast<int>(j));
    if (k == 1 || k == 2) c[k] = exp(c[k]);
  }
  HeldValues held = what.constraints.held;
  held.resize(5);
  const DataUnits& units = chart.model().units;
  if (held[3]) c[3] = Jet(*held[3]);
  if (what.constraints.tied) c[4] = c[3];
  if (held[0]) c[0] = Jet(*held[0] * std::exp(-units.log_y));
  if (!what.at_bound.empty()) c[0] = Jet(*what.at_bound[0]);
  if (held[1]) {
    c[1] = *held[1] * std::exp(-units.log_y) * exp(-c[3] * units.log_input[0]);
  }
  const bool all_free = chart.size() == (what.constraints.tied ? 4 : 5);
  if (all_free) {  // E + A + B, ln(alpha A) and ln(beta B)
    c[1] /= c[3];
    c[2] /= c[4];
    c[0] -= c[1] + c[2];
  }
  return {c[0], c[1], c[2], c[3], c[4]};
}

/// The objective from its definition, with automatic derivatives; and the sum
/// of outer products of the derivatives of its roots.
struct Automatic {
  Jet value;
  Jet excess;  // over the least that it could be
  MatrixXd roots = MatrixXd::Zero(5, 5);
};

Automatic AutomaticObjective(const Penalty& penalty, ResidualKind residual,
                             const ChinchillaCoefficients<Jet>& law,
                             const DataUnits& units) {
  Automatic sum;
  const double unit = std::exp(units.log_y);
  for (const LawRun& run : WeightedRuns()) {
    const Jet predicted = LossAtLog(law, std::log(run.N) - units.log_input[0],
                                    std::log(run.D) - units.log_input[1]);
    const Jet r = residual == ResidualKind::kLog
                      ? log(predicted) - (std::log(run.y) - units.log_y)
                      : unit * predicted - run.y;
    const Jet rho = run.weight * AutomaticPenalty(penalty, r);
    const Jet excess = rho - run.weight * AutomaticPenalty(penalty, Jet(0.0)).a;
    sum.value += rho;
    sum.excess += excess;
    const Jet root = sqrt(excess);
    sum.roots += 2.0 * root.v * root.v.transpose();
  }
  return sum;
}

/// Calls check(objective, chart, case, z) for every penalty and chart.
template <typename Check>
void ForEveryChart(const Check& check) {
  const auto runs = WeightedRuns();
  const LawModel model = ChinchillaModel(runs);
  for (const auto residual : {ResidualKind::kLog, ResidualKind::kRaw}) {
    for (const Penalty& penalty : Penalties()) {
      const Objective objective(model, runs, penalty, residual);
      for (const ChartCase& what : ChartCases()) {
        const Chart chart(model, what.constraints, what.at_bound);
        check(objective, chart, what, PointNearby(chart));
      }
    }
  }
}

TEST(Objective, HasTheValueAndGradientOfItsDefinition) {
  ForEveryChart([](const Objective& objective, const Chart& chart,
                   const ChartCase& what, const VectorXd& z) {
    const Automatic expected =
        AutomaticObjective(objective.penalty(), objective.residual(),
                           LawAlong(chart, what, z), chart.model().units);
    const LocalQuadratic model = objective.ModelAt(chart, z);
    const VectorXd gradient = expected.value.v.head(chart.size());
    EXPECT_NEAR(model.value, expected.value.a,
                1e-12 * std::abs(expected.value.a));
    EXPECT_LT((model.gradient - gradient).norm(), 1e-11 * gradient.norm());
  });
}

TEST(Objective, HasRootsWhoseSquaresSumToItAndTheirSlopes) {
  ForEveryChart([](const Objective& objective, const Chart& chart,
                   const ChartCase& what, const VectorXd& z) {
    const Automatic expected =
        AutomaticObjective(objective.penalty(), objective.residual(),
                           LawAlong(chart, what, z), chart.model().units);
    const LocalQuadratic roots = objective.RootsAt(chart, z);
    EXPECT_NEAR(roots.value, expected.excess.a, 1e-11 * expected.excess.a);
    EXPECT_NEAR(roots.value,
                objective.ModelAt(chart, z).value - objective.Floor(),
                1e-11 * (roots.value + std::abs(objective.Floor())));
    const VectorXd gradient = objective.ModelAt(chart, z).gradient;
    EXPECT_LT((roots.gradient - gradient).norm(), 1e-10 * gradient.norm());
    const Eigen::Index size = chart.size();
    const MatrixXd hessian = expected.roots.topLeftCorner(size, size);
    EXPECT_LT((roots.hessian - hessian).norm(), 1e-8 * hessian.norm());
  });
}

VectorXd Moved(VectorXd z, Eigen::Index j, double by) {
  z[j] += by;
  return z;
}

TEST(Objective, AgreesWithFiniteDifferences) {
  ForEveryChart([](const Objective& objective, const Chart& chart,
                   const ChartCase&, const VectorXd& z) {
    const LocalQuadratic model = objective.ModelAt(chart, z);
    EXPECT_NEAR(model.value, objective.Value(chart.Centred(z)),
                1e-12 * (1.0 + std::abs(model.value)));
    VectorXd slopes(z.size());
    for (Eigen::Index j = 0; j < z.size(); ++j) {
      const auto above = objective.ModelAt(chart, Moved(z, j, 1e-6));
      const auto below = objective.ModelAt(chart, Moved(z, j, -1e-6));
      slopes[j] = (objective.Value(chart.Centred(Moved(z, j, 1e-6))) -
                   objective.Value(chart.Centred(Moved(z, j, -1e-6)))) /
                  2e-6;
      const VectorXd column = (above.gradient - below.gradient) / 2e-6;
      EXPECT_LT((model.hessian.col(j) - column).norm(),
                1e-5 * model.hessian.norm());
    }
    EXPECT_LT((model.gradient - slopes).norm(), 1e-6 * slopes.norm());
  });
}

TEST(Objective, IsNotFiniteWhereTheLawPredictsNoLoss) {
  const auto runs = WeightedRuns();
  const LawModel model = ChinchillaModel(runs);
  const Chart chart(model, {});
  for (const Penalty& penalty : Penalties()) {
    const Objective objective(model, runs, penalty, ResidualKind::kLog);
    VectorXd z = PointNearby(chart);
    z[0] = -3.0;
    EXPECT_FALSE(std::isfinite(objective.Value(chart.Centred(z))));
    EXPECT_FALSE(objective.ModelAt(chart, z).finite());
    EXPECT_FALSE(objective.RootsAt(chart, z).finite());
  }
}

TEST(Objective, PassesOverRunsOfWeightZero) {
  const auto runs = WeightedRuns();
  const LawModel model = ChinchillaModel(runs);
  const VectorXd c = Chart(model, {}).Centred(PointNearby(Chart(model, {})));
  Objective objective(model, runs, Penalty::Squares(), ResidualKind::kLog);
  const double all = objective.Value(c);
  std::vector<double> factors(runs.size(), 1.0);
  factors[0] = 0.0;
  objective.SetWeightFactors(factors);
  EXPECT_LT(objective.Value(c), all);
  EXPECT_EQ(objective.Residuals(c).size(), runs.size() - 1);
  const Objective without(model, std::span(runs).subspan(1), Penalty::Squares(),
                          ResidualKind::kLog);
  EXPECT_NEAR(objective.Value(c), without.Value(c), 1e-13 * all);
}

}  // namespace
}  // namespace isoflop
