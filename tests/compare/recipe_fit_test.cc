// The laws of several recipes: the joint objective, and its fit.

#include "analysis/compare/recipe_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/regress/chart.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/objective.h"
#include "tests/compare/recipes.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr RecipeSharing kSharings[] = {RecipeSharing::kEverything,
                                       RecipeSharing::kExponents,
                                       RecipeSharing::kOffset};

const std::vector<TrueRecipe> kTwoRecipes = {{"a"}, {"b", 1.4, 0.8}};

std::vector<LawRun> RecipeRuns(double noise) {
  const auto sweep = RecipeSweep(kTwoRecipes, noise, 5);
  std::vector<LawRun> runs = RunsOf(sweep.set.rows);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].variant = sweep.labels[i] == "a" ? 0 : 1;
  }
  return runs;
}

/// Coefficients, in the units of the data, that differ between recipes.
VectorXd DifferentLaws(const LawModel& model) {
  VectorXd c(model.size());
  for (int recipe = 0; recipe < 2; ++recipe) {
    const std::vector<int>& own =
        model.variants[static_cast<std::size_t>(recipe)];
    c[own[0]] = 0.6;
    c[own[1]] = std::exp(-1.7 - 0.1 * recipe);
    c[own[2]] = std::exp(-1.6 + 0.1 * recipe);
    c[own[3]] = 0.5 + 0.05 * recipe;
    c[own[4]] = 0.6 - 0.05 * recipe;
  }
  return c;
}

void ExpectJointDerivatives(const Objective& objective, const Chart& chart) {
  constexpr double kStep = 1e-5;
  const VectorXd z =
      chart.CoordinatesOf(chart.Impose(DifferentLaws(chart.model())));
  const LocalQuadratic model = objective.ModelAt(chart, z);
  EXPECT_NEAR(model.value, objective.Value(chart.Centred(z)),
              1e-12 * model.value);
  for (Eigen::Index i = 0; i < z.size(); ++i) {
    VectorXd above = z;
    VectorXd below = z;
    above[i] += kStep;
    below[i] -= kStep;
    EXPECT_NEAR(model.gradient[i],
                (objective.Value(chart.Centred(above)) -
                 objective.Value(chart.Centred(below))) /
                    (2.0 * kStep),
                1e-6 * (1.0 + std::abs(model.gradient[i])));
    const VectorXd column = (objective.ModelAt(chart, above).gradient -
                             objective.ModelAt(chart, below).gradient) /
                            (2.0 * kStep);
    EXPECT_LT((model.hessian.col(i) - column).norm(),
              1e-5 * (1.0 + column.norm()));
  }
}

TEST(RecipeObjective, HasTheDerivativesOfItsValue) {
  const auto runs = RecipeRuns(0.01);
  for (const RecipeSharing sharing : kSharings) {
    const LawModel model = RecipesModel(runs, 2, sharing);
    const Objective squares(model, runs, Penalty::Squares(),
                            ResidualKind::kLog);
    HeldValues without_offset(model.coefficients.size());
    without_offset[0] = 0.0;
    ExpectJointDerivatives(squares, Chart(model, {}));
    ExpectJointDerivatives(squares, Chart(model, {}, without_offset));
    const Objective huber(model, runs, Penalty::Huber(10.0),
                          ResidualKind::kLog);
    ExpectJointDerivatives(huber, Chart(model, {}));
  }
}

TEST(RecipeObjective, HasRootsWhoseSquaresSumToIt) {
  const auto runs = RecipeRuns(0.01);
  const LawModel model = RecipesModel(runs, 2, RecipeSharing::kExponents);
  const Chart chart(model, {});
  const VectorXd z = chart.CoordinatesOf(DifferentLaws(model));
  for (const Penalty& penalty : {Penalty::Squares(), Penalty::Huber(1e-2)}) {
    const Objective objective(model, runs, penalty, ResidualKind::kLog);
    const LocalQuadratic roots = objective.RootsAt(chart, z);
    const LocalQuadratic local = objective.ModelAt(chart, z);
    EXPECT_NEAR(roots.value, local.value, 1e-12 * local.value);
    EXPECT_LT((roots.gradient - local.gradient).norm(),
              1e-10 * local.gradient.norm());
  }
}

TEST(RecipesModel, GivesEveryRecipeItsCoefficients) {
  const auto runs = RecipeRuns(0.0);
  EXPECT_EQ(RecipesModel(runs, 3, RecipeSharing::kExponents).size(), 9);
  EXPECT_EQ(RecipesModel(runs, 3, RecipeSharing::kEverything).size(), 5);
  const LawModel model = RecipesModel(runs, 2, RecipeSharing::kOffset);
  EXPECT_EQ(model.size(), 9);
  EXPECT_EQ(model.variant_count(), 2);
  EXPECT_EQ(model.variants[0], (std::vector<int>{0, 1, 3, 5, 7}));
  EXPECT_EQ(model.variants[1], (std::vector<int>{0, 2, 4, 6, 8}));
  const Chart chart(model, {});
  VectorXd p(9);
  p << 1.0, 2.0, 5.0, 3.0, 6.0, 0.4, 0.7, 0.5, 0.8;
  const VectorXd back =
      chart.Given(chart.Centred(chart.CoordinatesOf(chart.CentredFrom(p))));
  for (Eigen::Index k = 0; k < p.size(); ++k) {
    EXPECT_NEAR(back[k], p[k], 1e-13 * p[k]) << k;
  }
}

RecipeProblem ProblemOf(const std::vector<LawRun>& runs,
                        RecipeSharing sharing) {
  RecipeProblem problem{
      .runs = runs, .recipes = 2, .sharing = sharing, .objective = {}};
  problem.objective.loss = LossKind::kL2;
  return problem;
}

TEST(RecipeFit, RecoversTheLawsOfItsRecipes) {
  const auto runs = RecipeRuns(0.0);
  for (const auto sharing :
       {RecipeSharing::kExponents, RecipeSharing::kOffset}) {
    const RecipeFit fit = FitRecipes(ProblemOf(runs, sharing), {});
    ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
    EXPECT_TRUE(fit.certificate.certified());
    ASSERT_EQ(fit.laws.size(), 2U);
    for (std::size_t r = 0; r < 2; ++r) {
      const Chinchilla law = LawOf(kTwoRecipes[r]);
      EXPECT_NEAR(fit.laws[r].E, law.E, 1e-6);
      EXPECT_NEAR(fit.laws[r].A / law.A, 1.0, 1e-5);
      EXPECT_NEAR(fit.laws[r].B / law.B, 1.0, 1e-5);
      EXPECT_NEAR(fit.laws[r].alpha, law.alpha, 1e-6);
      EXPECT_NEAR(fit.laws[r].beta, law.beta, 1e-6);
    }
  }
}

TEST(RecipeFit, FitsBetterTheLessIsShared) {
  const auto runs = RecipeRuns(0.01);
  double last = 1e9;
  for (const RecipeSharing sharing : kSharings) {
    const RecipeFit fit = FitRecipes(ProblemOf(runs, sharing), {});
    ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
    EXPECT_LT(fit.objective, last);
    const double rms = RootMeanSquare(fit.residuals);
    const double squares = rms * rms * static_cast<double>(runs.size());
    EXPECT_NEAR(fit.objective, squares, 1e-12 * squares);
    last = fit.objective;
  }
}

TEST(RecipeFit, CountsADrawnRunAsOftenAsItWasDrawn) {
  const auto runs = RecipeRuns(0.01);
  const RecipeProblem problem = ProblemOf(runs, RecipeSharing::kExponents);
  RecipeRefits refits(problem, FitRecipes(problem, {}));
  std::vector<double> counts(runs.size(), 1.0);
  auto drawn = runs;
  counts[3] = 2.0;
  drawn.push_back(runs[3]);
  counts[40] = 0.0;
  drawn.erase(drawn.begin() + 40);
  const auto by_count = refits.Refit(counts);
  const RecipeFit by_hand =
      FitRecipes(ProblemOf(drawn, RecipeSharing::kExponents), {});
  ASSERT_TRUE(by_count.has_value());
  ASSERT_EQ(by_hand.status, FitStatus::kOk) << by_hand.reason;
  for (std::size_t r = 0; r < 2; ++r) {
    EXPECT_NEAR((*by_count)[r].alpha, by_hand.laws[r].alpha, 1e-8);
    EXPECT_NEAR((*by_count)[r].A / by_hand.laws[r].A, 1.0, 1e-6);
  }
}

}  // namespace
}  // namespace isoflop
