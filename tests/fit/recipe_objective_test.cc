// Derivatives of the joint objective against central differences.

#include "analysis/fit/recipe_objective.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/fit/recipes.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Problem {
  explicit Problem(Sharing sharing) : layout(sharing, 2) {
    const auto sweep = RecipeSweep({{"a"}, {"b", 1.4, 0.8}}, 0.01, 5);
    set = sweep.set;
    for (const std::string& label : sweep.labels) {
      recipes.push_back(label == "a" ? 0 : 1);
    }
    point = VectorXd::Zero(layout.size());
    for (int recipe = 0; recipe < 2; ++recipe) {
      const auto [E, A, B, alpha, beta] = layout.IndicesOf(recipe);
      point[E] = 0.6;
      point[A] = -1.7 - 0.1 * recipe;
      point[B] = -1.6 + 0.1 * recipe;
      point[alpha] = 0.5 + 0.05 * recipe;
      point[beta] = 0.6 - 0.05 * recipe;
    }
  }

  ObservationSet set;
  std::vector<int> recipes;
  RecipeLayout layout;
  VectorXd point;
};

VectorXd Moved(VectorXd point, int index, double by) {
  point[index] += by;
  return point;
}

void ExpectDerivatives(const RecipeObjective& objective, const VectorXd& point,
                       int first) {
  constexpr double kStep = 1e-5;
  const LocalQuadratic model = objective.ModelAt(point);
  EXPECT_NEAR(model.value, objective.Value(point), 1e-12 * model.value);
  for (int i = first; i < point.size(); ++i) {
    const VectorXd above = Moved(point, i, kStep);
    const VectorXd below = Moved(point, i, -kStep);
    EXPECT_NEAR(
        model.gradient[i],
        (objective.Value(above) - objective.Value(below)) / (2.0 * kStep),
        1e-6 * (1.0 + std::abs(model.gradient[i])));
    const VectorXd column = (objective.ModelAt(above).gradient -
                             objective.ModelAt(below).gradient) /
                            (2.0 * kStep);
    EXPECT_LT((model.hessian.col(i) - column).tail(point.size() - first).norm(),
              1e-5 * (1.0 + column.norm()));
  }
}

TEST(RecipeObjective, HasTheDerivativesOfItsValue) {
  for (const Sharing sharing :
       {Sharing::kEverything, Sharing::kExponents, Sharing::kOffset}) {
    const Problem p(sharing);
    const RecipeData data(p.set.rows, p.recipes);
    const Penalty squares = Penalty::Squares();
    ExpectDerivatives({data, p.layout, squares, true}, p.point, 0);
    ExpectDerivatives({data, p.layout, squares, false}, p.point, 1);
    ExpectDerivatives({data, p.layout, Penalty::Huber(10.0), true}, p.point, 0);
  }
}

TEST(RecipeObjective, HasRootsWhoseSquaresSumToIt) {
  const Problem p(Sharing::kExponents);
  const RecipeData data(p.set.rows, p.recipes);
  for (const Penalty& penalty : {Penalty::Squares(), Penalty::Huber(1e-2)}) {
    const RecipeObjective objective(data, p.layout, penalty, true);
    VectorXd roots(objective.runs());
    MatrixXd jacobian(objective.runs(), p.layout.size());
    ASSERT_TRUE(
        objective.RootPenalties(p.point, 1.0, roots.data(), jacobian.data()));
    const LocalQuadratic model = objective.ModelAt(p.point);
    EXPECT_NEAR(roots.squaredNorm(), model.value, 1e-12 * model.value);
    EXPECT_LT((2.0 * jacobian.transpose() * roots - model.gradient).norm(),
              1e-10 * model.gradient.norm());
  }
}

TEST(RecipeLayout, PutsLawsBackAsTheyWere) {
  const std::vector<Chinchilla> laws = {
      {.E = 1.0, .A = 2.0, .B = 3.0, .alpha = 0.4, .beta = 0.5},
      {.E = 1.0, .A = 5.0, .B = 6.0, .alpha = 0.7, .beta = 0.8}};
  const RecipeLayout layout(Sharing::kOffset, 2);
  EXPECT_EQ(layout.size(), 9);
  const VectorXd point = layout.PointOf(laws);
  EXPECT_NEAR(layout.LawAt(point, 1).A, 5.0, 1e-14);
  EXPECT_NEAR(layout.LawAt(point, 0).B, 3.0, 1e-14);
  EXPECT_EQ(layout.LawAt(point, 1).beta, 0.8);
  EXPECT_EQ(RecipeLayout(Sharing::kExponents, 3).size(), 9);
  EXPECT_EQ(RecipeLayout(Sharing::kEverything, 3).size(), 5);
}

}  // namespace
}  // namespace isoflop
