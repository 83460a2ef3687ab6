#include "analysis/regress/chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "analysis/regress/law_models.h"
#include "analysis/regress/objective.h"
#include "analysis/regress/starts.h"
#include "tests/regress/law_runs.h"

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Coefficients of a law that are those of a start for the runs.
VectorXd SomeCoefficients(const LawModel& model,
                          const std::vector<LawRun>& runs) {
  const Objective objective(model, runs, Penalty::Squares(),
                            ResidualKind::kLog);
  return StartAt(objective, Chart(model, {}), 4).c;
}

/// Calls check(chart, z) for charts of every law, with each coefficient held
/// in turn, and with alpha and beta tied.
template <typename Check>
void ForChartsOfEveryLaw(const Check& check) {
  for (const auto& [model, runs] : EveryLaw(0.01)) {
    const VectorXd c = SomeCoefficients(model, runs);
    const Chart free(model, {});
    check(free, free.CoordinatesOf(c));
    const VectorXd p = free.Given(c);
    for (std::size_t k = 0; k < model.coefficients.size(); ++k) {
      HeldValues held(model.coefficients.size());
      held[k] = p[static_cast<Index>(k)];
      const Chart chart(model, {.held = held});
      check(chart, chart.CoordinatesOf(c));
    }
    const auto alpha = model.Find("alpha");
    const auto beta = model.Find("beta");
    if (!alpha || !beta || model.name == "farseer") continue;
    const Chart tied(model, {.held = {}, .tied = std::pair(*alpha, *beta)});
    check(tied, tied.CoordinatesOf(tied.Impose(c)));
  }
}

VectorXd Stepped(VectorXd z, Index j, double by) {
  z[j] += by;
  return z;
}

TEST(Chart, GoesToCoordinatesAndBack) {
  ForChartsOfEveryLaw([](const Chart& chart, const VectorXd& z) {
    const VectorXd back = chart.CoordinatesOf(chart.Centred(z));
    EXPECT_LT((back - z).norm(), 1e-12 * (1.0 + z.norm()))
        << chart.model().name;
  });
}

TEST(Chart, GoesToTheUnitsOfPeopleAndBack) {
  ForChartsOfEveryLaw([](const Chart& chart, const VectorXd& z) {
    const VectorXd c = chart.Centred(z);
    const VectorXd back = chart.CentredFrom(chart.Given(c));
    EXPECT_LT((back - c).norm(), 1e-11 * (1.0 + c.norm()))
        << chart.model().name;
  });
}

TEST(Chart, HasTheDerivativesOfItsCoefficients) {
  ForChartsOfEveryLaw([](const Chart& chart, const VectorXd& z) {
    MatrixXd by_z;
    chart.Centred(z, &by_z);
    for (Index j = 0; j < z.size(); ++j) {
      const VectorXd column = (chart.Centred(Stepped(z, j, 1e-6)) -
                               chart.Centred(Stepped(z, j, -1e-6))) /
                              2e-6;
      EXPECT_LT((by_z.col(j) - column).norm(), 1e-7 * (1.0 + column.norm()))
          << chart.model().name << " " << j;
    }
  });
}

TEST(Chart, HasTheBendsOfItsCoefficients) {
  ForChartsOfEveryLaw([](const Chart& chart, const VectorXd& z) {
    const auto size = static_cast<Index>(chart.model().coefficients.size());
    const VectorXd slopes = VectorXd::LinSpaced(size, -1.0, 2.0);
    const MatrixXd bend = chart.Bend(z, slopes);
    EXPECT_EQ(bend, MatrixXd(bend.transpose()));
    const auto along = [&](const VectorXd& place) {
      return slopes.dot(chart.Centred(place));
    };
    constexpr double kStep = 1e-4;
    for (Index j = 0; j < z.size(); ++j) {
      const double expected = (along(Stepped(z, j, kStep)) - 2.0 * along(z) +
                               along(Stepped(z, j, -kStep))) /
                              (kStep * kStep);
      EXPECT_NEAR(bend(j, j), expected, 1e-4 * (1.0 + bend.norm()))
          << chart.model().name << " " << j;
    }
  });
}

/// d ln p, or d p of exponents and of what may have any sign.
TEST(Chart, KnowsHowWhatIsGivenMovesWithItsCoordinates) {
  ForChartsOfEveryLaw([](const Chart& chart, const VectorXd& z) {
    const MatrixXd rows = chart.GivenByCoordinates(z);
    for (Index i = 0; i < z.size(); ++i) {
      const int k = chart.free()[static_cast<std::size_t>(i)];
      const Coefficient& spec =
          chart.model().coefficients[static_cast<std::size_t>(k)];
      const bool log = spec.positive && (spec.coordinate == Coordinate::kLog ||
                                         spec.bound.has_value());
      const auto value = [&](const VectorXd& place) {
        const double p = chart.Given(chart.Centred(place))[k];
        return log ? std::log(p) : p;
      };
      for (Index j = 0; j < z.size(); ++j) {
        const double expected =
            (value(Stepped(z, j, 1e-6)) - value(Stepped(z, j, -1e-6))) / 2e-6;
        EXPECT_NEAR(rows(i, j), expected, 1e-6 * (1.0 + rows.row(i).norm()))
            << chart.model().name << " " << spec.name << " " << j;
      }
    }
  });
}

TEST(Chart, HoldsWhatIsHeldWhereverASearchGoes) {
  const std::vector<LawRun> runs = RepeatedRuns(0.01);
  const LawModel model = ChinchillaModel(runs);
  const Chart chart(model, {.held = {1.0, 300.0, {}, {}, 0.5}});
  EXPECT_EQ(chart.size(), 2);
  EXPECT_EQ(chart.free(), (std::vector<int>{2, 3}));
  EXPECT_FALSE(chart.IsFree(1));
  EXPECT_TRUE(chart.IsFree(3));
  EXPECT_FALSE(chart.has_levels());
  for (const double alpha : {0.1, 0.4, 2.0}) {
    const VectorXd c = chart.Centred(Eigen::Vector2d(-1.0, alpha));
    EXPECT_EQ(c[3], alpha);
    EXPECT_EQ(c[4], 0.5);
    const VectorXd p = chart.Given(c);
    EXPECT_EQ(p[0], 1.0);
    EXPECT_EQ(p[1], 300.0);
    // What is held is that in the units of the data, too.
    const DataUnits& units = model.units;
    EXPECT_NEAR(c[1] * std::exp(units.log_y + alpha * units.log_input[0]),
                300.0, 1e-9);
  }
}

TEST(Chart, HoldsAPowerOfKaplansAtItsBase) {
  const std::vector<LawRun> runs = RepeatedRuns(0.01);
  const LawModel model = KaplanJointModel(runs);
  const Chart chart(model, {.held = {6.4e13, {}, {}, {}, 0.0}});
  const VectorXd c =
      chart.Centred(Eigen::Vector3d(0.1, std::log(0.076), std::log(0.103)));
  EXPECT_NEAR(
      c[0] * std::exp(model.units.log_y + 0.076 * model.units.log_input[0]),
      std::pow(6.4e13, 0.076), 1e-10);
  EXPECT_EQ(chart.Given(c)[0], 6.4e13);
  EXPECT_NEAR(Chart(model, {}).Given(c)[0] / 6.4e13, 1.0, 1e-10);
}

TEST(Chart, TiesTwoToOne) {
  const std::vector<LawRun> runs = RepeatedRuns(0.01);
  const LawModel model = ChinchillaModel(runs);
  const Constraints tied{.held = {}, .tied = std::pair(3, 4)};
  const Chart chart(model, tied);
  EXPECT_EQ(chart.size(), 4);
  EXPECT_TRUE(chart.has_levels());
  EXPECT_TRUE(chart.IsFree(3));
  EXPECT_FALSE(chart.IsFree(4));
  VectorXd c(5);
  c << 0.5, 0.2, 0.3, 0.4, 0.9;
  const VectorXd one = chart.Impose(c);
  EXPECT_NEAR(one[3], 0.6, 1e-15);  // the geometric mean
  EXPECT_EQ(one[3], one[4]);
  Constraints held = tied;
  held.held = {{}, {}, {}, {}, 0.7};
  const Chart both(model, held);
  EXPECT_EQ(both.size(), 3);
  EXPECT_EQ(both.Impose(c)[3], 0.7);
  EXPECT_EQ(both.Impose(c)[4], 0.7);
}

TEST(Chart, LeavesOutWhatIsAtItsBound) {
  const std::vector<LawRun> runs = RepeatedRuns(0.01);
  const LawModel model = RepeatedDataModel(runs);
  HeldValues at_bound(7);
  at_bound[0] = 0.0;
  at_bound[5] = std::numeric_limits<double>::infinity();
  const Chart chart(model, {}, at_bound);
  EXPECT_EQ(chart.size(), 5);
  const VectorXd c = chart.Centred(VectorXd::Constant(5, -1.0));
  EXPECT_EQ(c[0], 0.0);
  EXPECT_TRUE(std::isinf(c[5]));
  EXPECT_EQ(chart.Given(c)[0], 0.0);
  EXPECT_TRUE(std::isinf(chart.Given(c)[5]));
}

}  // namespace
}  // namespace isoflop
