#include "analysis/regress/law_solver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "analysis/regress/law_models.h"
#include "analysis/regress/starts.h"
#include "tests/regress/law_runs.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using Eigen::VectorXd;

std::vector<LawRun> NoisyRuns(double sigma, std::uint64_t seed) {
  return RunsOf(WithNoise(SmallSweep(), sigma, seed));
}

LawSolver SolverFor(const std::vector<LawRun>& runs,
                    const ObjectiveOptions& options = {},
                    const Constraints& constraints = {}) {
  return {ChinchillaModel(runs), runs, options, constraints};
}

/// Many sizes and tokens, with noise.
std::vector<LawRun> ManyRuns(int sizes, int tokens) {
  std::vector<double> N;
  std::vector<double> D;
  for (int i = 0; i < sizes; ++i) N.push_back(1e4 * std::pow(1.1, i));
  for (int i = 0; i < tokens; ++i) D.push_back(1e6 * std::pow(1.1, i));
  return RunsOf(WithNoise(FullGrid(kSmallLaw, N, D), 0.01, 5));
}

TEST(LawSolver, IsLowerThanEveryStart) {
  const auto runs = NoisyRuns(0.01, 1);
  LawSolver solver = SolverFor(runs);
  const GlobalMinimum global = solver.SolveGlobally();
  const LawModel& model = solver.model();
  const Objective objective(model, runs, Penalty::Huber(1e-3),
                            ResidualKind::kLog);
  for (int index = 0; index < 64; ++index) {
    const Start start = StartAt(objective, Chart(model, {}), index);
    EXPECT_LE(global.lowest.value(), objective.Value(start.c));
  }
  EXPECT_EQ(global.starts, model.first_starts);
  EXPECT_GE(global.agreeing, Certificate::kFewestAgreeing);
  EXPECT_EQ(solver.Defect(global.lowest), "");
  const Certificate certificate = solver.Certify(global);
  EXPECT_TRUE(certificate.certified());
  EXPECT_EQ(certificate.sample, 0);
  EXPECT_LT(certificate.gradient_norm, 1e-9);
}

TEST(LawSolver, FindsWithAllRunsWhatASampleLedTo) {
  const auto runs = ManyRuns(50, 40);
  ASSERT_GT(runs.size(), kMostSearched);
  LawSolver solver = SolverFor(runs, {.loss = LossKind::kL2});
  const GlobalMinimum global = solver.SolveGlobally();
  const Certificate certificate = solver.Certify(global);
  EXPECT_EQ(certificate.sample, static_cast<int>(kMostSearched));
  EXPECT_TRUE(certificate.certified());
  // No neighbour is lower, with all runs.
  const VectorXd p = solver.Given(global.lowest);
  const Chart chart(solver.model(), {});
  for (Eigen::Index k = 0; k < p.size(); ++k) {
    for (const double factor : {0.9999, 1.0001}) {
      VectorXd other = p;
      other[k] *= factor;
      EXPECT_GT(solver.objective().Value(chart.CentredFrom(other)),
                global.lowest.value());
    }
  }
}

TEST(LawSolver, TakesASampleThatDoesNotDependOnTheOrderOfTheRuns) {
  auto runs = ManyRuns(50, 40);
  LawSolver solver = SolverFor(runs);
  const VectorXd p = solver.Given(solver.SolveGlobally().lowest);
  std::ranges::reverse(runs);
  LawSolver reversed = SolverFor(runs);
  const VectorXd q = reversed.Given(reversed.SolveGlobally().lowest);
  EXPECT_LT((p - q).cwiseQuotient(p).cwiseAbs().maxCoeff(), 1e-8);
}

TEST(LawSolver, FitsAgainAsItWouldFromTheBeginning) {
  const auto runs = NoisyRuns(0.01, 2);
  std::vector<double> counts(runs.size(), 1.0);
  auto drawn = runs;
  counts[4] = 3.0;
  drawn.insert(drawn.end(), {runs[4], runs[4]});
  counts[11] = 0.0;
  drawn.erase(drawn.begin() + 11);
  for (const LossKind loss :
       {LossKind::kHuber, LossKind::kLad, LossKind::kL2, LossKind::kStudentT}) {
    LawSolver solver = SolverFor(runs, {.loss = loss});
    const GlobalMinimum global = solver.SolveGlobally();
    const Refit refit = solver.SolveAgain(counts, solver.Given(global.lowest),
                                          global.lowest.density);
    ASSERT_TRUE(refit.coefficients.has_value());
    LawSolver other = SolverFor(drawn, {.loss = loss});
    const GlobalMinimum by_hand = other.SolveGlobally();
    EXPECT_NEAR(refit.objective, by_hand.lowest.value(),
                1e-8 * std::abs(refit.objective));
    const VectorXd p = other.Given(by_hand.lowest);
    EXPECT_LT((*refit.coefficients - p).cwiseQuotient(p).cwiseAbs().maxCoeff(),
              1e-5);
  }
}

TEST(LawSolver, EscapesFromAMinimumThatIsNotTheLowest) {
  const auto runs = NoisyRuns(0.001, 3);
  LawSolver solver = SolverFor(runs);
  const GlobalMinimum global = solver.SolveGlobally();
  const VectorXd p = solver.Given(global.lowest);
  EXPECT_FALSE(solver.SolveAgain({}, p, std::nullopt).escaped);
  // A start at which the powers are steps is in another basin, if in any.
  VectorXd far = p;
  far[3] = far[4] = 30.0;
  const Refit refit = solver.SolveAgain({}, far, std::nullopt);
  EXPECT_NEAR(refit.objective, global.lowest.value(),
              1e-9 * global.lowest.value());
}

TEST(LawSolver, HoldsACoefficient) {
  const auto runs = NoisyRuns(0.01, 4);
  LawSolver free = SolverFor(runs);
  const GlobalMinimum global = free.SolveGlobally();
  LawSolver held = free.Holding(3, 0.5);
  EXPECT_EQ(held.chart().size(), 4);
  EXPECT_EQ(free.chart().size(), 5);
  const Refit refit =
      held.SolveAgain({}, free.Given(global.lowest), std::nullopt);
  ASSERT_TRUE(refit.coefficients.has_value());
  EXPECT_EQ((*refit.coefficients)[3], 0.5);
  LawSolver again = SolverFor(runs, {}, {.held = {{}, {}, {}, 0.5, {}}});
  EXPECT_NEAR(refit.objective, again.SolveGlobally().lowest.value(), 1e-12);
  EXPECT_GT(refit.objective, global.lowest.value());
}

TEST(LawSolver, HoldsEveryCoefficientOfASolutionAsWell) {
  const auto runs = ManyRuns(50, 40);
  LawSolver solver = SolverFor(runs);
  const GlobalMinimum global = solver.SolveGlobally();
  const VectorXd p = solver.Given(global.lowest);
  for (int k = 0; k < 5; ++k) {
    LawSolver held = solver.Holding(k, p[k]);
    const Refit refit = held.SolveAgain({}, p, std::nullopt);
    EXPECT_NEAR(refit.objective / global.lowest.value(), 1.0, 1e-9) << k;
  }
}

/// The reason why exact runs of a law of their own have no law.
std::string DefectOf(const std::vector<LawRun>& runs) {
  LawSolver solver = SolverFor(runs);
  return solver.Defect(solver.SolveGlobally().lowest);
}

TEST(LawSolver, NamesTheCoefficientThatNothingStops) {
  auto runs = RunsOf(FullGrid(kSmallLaw, Doubling(1e4, 5), Doubling(1e6, 5)));
  for (LawRun& run : runs) {
    run.y = (run.N < 1.5e4 ? 3.0 : 2.0) + 800.0 * std::pow(run.D, -0.5);
  }
  const std::string defect = DefectOf(runs);
  EXPECT_NE(defect.find("there is no best fit: "), std::string::npos) << defect;
  EXPECT_TRUE(defect.find("alpha") != std::string::npos ||
              defect.find(": A ") != std::string::npos)
      << defect;
}

TEST(LawSolver, SaysWhatTheLossDoesNotFallWith) {
  auto runs = NoisyRuns(0.0, 1);
  for (LawRun& run : runs) run.y = 2.0 + 800.0 * std::pow(run.D, -0.5);
  EXPECT_EQ(DefectOf(runs),
            "the loss does not fall with the number of parameters");
}

TEST(LawSolver, KeepsACoefficientOnItsBoundWhileNothingFalls) {
  auto runs = NoisyRuns(0.0, 1);
  for (LawRun& run : runs) run.y -= 1.5;  // E would be below 0
  LawSolver solver = SolverFor(runs, {.loss = LossKind::kL2});
  const GlobalMinimum global = solver.SolveGlobally();
  EXPECT_EQ(solver.Given(global.lowest)[0], 0.0);
  EXPECT_TRUE(global.lowest.chart.at_bound()[0].has_value());
  EXPECT_TRUE(solver.Certify(global).certified());
}

TEST(LawSolver, TakesACoefficientForInfiniteWhereNoValueIsBest) {
  RepeatedData law = kRepeatedData;
  law.R_D = std::numeric_limits<double>::infinity();
  const auto runs =
      LawGrid([&](const LawRun& r) { return Loss(law, r.N, r.D, r.U); }, 1e-3);
  LawSolver solver(RepeatedDataModel(runs), runs, {.loss = LossKind::kL2}, {});
  const GlobalMinimum global = solver.SolveGlobally();
  const double R_D = solver.Given(global.lowest)[5];
  EXPECT_TRUE(std::isinf(R_D) || R_D > 100.0) << R_D;
  EXPECT_NEAR(solver.Given(global.lowest)[6], law.R_N, 2.0);
  EXPECT_TRUE(solver.Certify(global).converged);
}

}  // namespace
}  // namespace isoflop
