#include "analysis/regress/starts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/regress/law_models.h"
#include "tests/regress/law_runs.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using Eigen::VectorXd;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Approach 3's objective for exact runs of kSmallLaw.
struct SmallProblem {
  std::vector<LawRun> runs = RunsOf(SmallSweep());
  LawModel model = ChinchillaModel(runs);
  Objective objective{model, runs, Penalty::Squares(), ResidualKind::kLog};
  Chart chart{model, {}};
};

TEST(Starts, AreTheSameEveryTime) {
  const SmallProblem p;
  for (const int index : {0, 7, 500}) {
    EXPECT_EQ(StartAt(p.objective, p.chart, index).c,
              StartAt(p.objective, p.chart, index).c);
  }
  EXPECT_NE(StartAt(p.objective, p.chart, 0).c,
            StartAt(p.objective, p.chart, 1).c);
}

TEST(Starts, FillTheRangesOfTheExponentsEvenly) {
  const SmallProblem p;
  const Coefficient& alpha = p.model.coefficients[3];
  const Coefficient& beta = p.model.coefficients[4];
  const auto quarter = [](const Coefficient& spec, double value) {
    const double share =
        std::log(value / spec.low) / std::log(spec.high / spec.low);
    EXPECT_GE(share, 0.0);
    EXPECT_LT(share, 1.0);
    return static_cast<int>(4.0 * share);
  };
  int counts[4][4] = {};
  for (int index = 0; index < 64; ++index) {
    const VectorXd c = StartAt(p.objective, p.chart, index).c;
    ++counts[quarter(alpha, c[3])][quarter(beta, c[4])];
  }
  for (const auto& row : counts) {
    for (const int count : row) EXPECT_NEAR(count, 4, 2);
  }
}

TEST(Starts, HaveLinearCoefficientsOfLeastSquares) {
  const SmallProblem p;
  VectorXd c(5);
  c << kUnknown, kUnknown, kUnknown, kSmallLaw.alpha, kSmallLaw.beta;
  const VectorXd given = p.chart.Given(Completed(p.objective, p.chart, c));
  EXPECT_NEAR(given[0], kSmallLaw.E, 1e-7);
  EXPECT_NEAR(given[1] / kSmallLaw.A, 1.0, 1e-7);
  EXPECT_NEAR(given[2] / kSmallLaw.B, 1.0, 1e-7);
}

TEST(Starts, KeepWhatIsKnownWhenTheRestIsCompleted) {
  const SmallProblem p;
  VectorXd c(5);
  c << 0.3, kUnknown, kUnknown, 0.4, 0.7;
  const VectorXd completed = Completed(p.objective, p.chart, c);
  EXPECT_EQ(completed[0], 0.3);
  EXPECT_EQ(completed[3], 0.4);
  EXPECT_EQ(completed[4], 0.7);
  EXPECT_GT(completed[1], 0.0);
  EXPECT_GT(completed[2], 0.0);
}

TEST(Starts, HaveNoTermWithoutAnything) {
  const SmallProblem p;
  for (int index = 0; index < 64; ++index) {
    const Start start = StartAt(p.objective, p.chart, index);
    ASSERT_TRUE(std::isfinite(start.squares)) << index;
    EXPECT_GE(start.squares, 0.0);
    EXPECT_GT(start.c.minCoeff(), 0.0);
    EXPECT_TRUE(std::isfinite(p.objective.Value(start.c)));
  }
}

TEST(Starts, HaveWhatIsHeldAsItIs) {
  const SmallProblem p;
  const Chart chart(p.model, {.held = {1.0, {}, {}, 0.5, {}}});
  for (int index = 0; index < 8; ++index) {
    const VectorXd given = chart.Given(StartAt(p.objective, chart, index).c);
    const VectorXd c = StartAt(p.objective, chart, index).c;
    EXPECT_EQ(c[3], 0.5);
    EXPECT_NEAR(p.chart.Given(c)[0], 1.0, 1e-13);
    EXPECT_EQ(given[0], 1.0);
  }
}

TEST(Starts, AreSeveralWhereAllIsLinear) {
  const SmallProblem p;
  const Chart chart(p.model,
                    {.held = {{}, {}, {}, kSmallLaw.alpha, kSmallLaw.beta}});
  const VectorXd first = StartAt(p.objective, chart, 0).c;
  EXPECT_NEAR(chart.Given(first)[0], kSmallLaw.E, 1e-7);
  const VectorXd second = StartAt(p.objective, chart, 1).c;
  EXPECT_GT((first - second).norm(), 0.1 * first.norm());
}

TEST(Starts, AreOfEveryLaw) {
  for (const auto& [model, runs] : EveryLaw(0.01)) {
    const Objective objective(model, runs, Penalty::Squares(),
                              ResidualKind::kLog);
    const Chart chart(model, {});
    int finite = 0;
    for (int index = 0; index < model.first_starts; ++index) {
      const Start start = StartAt(objective, chart, index);
      const bool usable = std::isfinite(objective.Value(start.c));
      finite += std::isfinite(start.squares) && usable ? 1 : 0;
    }
    EXPECT_GE(4 * finite, 3 * model.first_starts) << model.name;
    for (const VectorXd& c : model.given_starts) {
      EXPECT_TRUE(std::isfinite(objective.Value(c))) << model.name;
    }
  }
}

TEST(Starts, HaveABestOne) {
  const SmallProblem p;
  const Start best = BestStart(p.objective, p.chart, 25);
  for (int index = 0; index < 25; ++index) {
    EXPECT_LE(best.squares, StartAt(p.objective, p.chart, index).squares);
  }
}

}  // namespace
}  // namespace isoflop
