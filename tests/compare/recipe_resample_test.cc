#include "analysis/compare/recipe_resample.h"

#include <gtest/gtest.h>

#include <numeric>

namespace isoflop {
namespace {

Observation MakeRun(double N, double D, int seed, const char* group = "") {
  Observation o;
  o.N = N;
  o.D = D;
  o.L = 3.0;
  o.C = SixND(N, D);
  o.seed = seed;
  o.group = group;
  return o;
}

TEST(RecipeUnits, ArePairedWhereDesignsAgree) {
  const std::vector<Observation> rows = {
      MakeRun(10, 100, 0), MakeRun(20, 200, 0), MakeRun(21, 200, 0),
      MakeRun(11, 100, 0)};
  const std::vector<int> recipes = {0, 0, 1, 1};
  const RecipeUnits units = UnitsOf(rows, recipes, 2, ResampleUnit::kRun);
  EXPECT_TRUE(units.paired);
  EXPECT_EQ(units.size(), 2);
  EXPECT_EQ(units.strata[0][0], (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(units.strata[0][1], (std::vector<std::size_t>{1, 2}));
}

TEST(RecipeUnits, AreNotPairedWhereDesignsDiffer) {
  const std::vector<int> recipes = {0, 0, 1, 1};
  const auto paired = [&](const std::vector<Observation>& rows) {
    return UnitsOf(rows, recipes, 2, ResampleUnit::kRun).paired;
  };
  EXPECT_FALSE(paired({MakeRun(10, 100, 0), MakeRun(20, 200, 0),
                       MakeRun(10, 100, 0), MakeRun(20, 300, 0)}));
  EXPECT_FALSE(paired({MakeRun(10, 100, 0), MakeRun(20, 200, 0),
                       MakeRun(10, 100, 0), MakeRun(20, 200, 1)}));
}

TEST(RecipeUnits, KeepGroupsTogether) {
  const std::vector<Observation> rows = {
      MakeRun(10, 100, 0, "a"), MakeRun(10, 200, 0, "a"),
      MakeRun(20, 100, 0, "b"), MakeRun(10, 100, 0, "c"),
      MakeRun(10, 200, 0, "c"), MakeRun(20, 100, 0, "d")};
  const std::vector<int> recipes = {0, 0, 0, 1, 1, 1};
  const RecipeUnits units = UnitsOf(rows, recipes, 2, ResampleUnit::kGroup);
  EXPECT_TRUE(units.paired);
  EXPECT_EQ(units.size(), 2);
  for (int i = 0; i < 20; ++i) {
    const auto counts = DrawRecipes(units, rows.size(), 3, i);
    EXPECT_EQ(counts[0], counts[1]);
    EXPECT_EQ(counts[0], counts[3]);
    EXPECT_EQ(counts[2], counts[5]);
  }
}

TEST(DrawRecipes, KeepsTheNumberOfRunsOfEachRecipe) {
  const std::vector<Observation> rows = {MakeRun(1, 1, 0), MakeRun(2, 2, 0),
                                         MakeRun(3, 3, 0), MakeRun(4, 4, 0),
                                         MakeRun(5, 5, 0)};
  const std::vector<int> recipes = {0, 1, 0, 1, 1};
  const RecipeUnits units = UnitsOf(rows, recipes, 2, ResampleUnit::kRun);
  EXPECT_FALSE(units.paired);
  EXPECT_EQ(units.OfRecipes(2), (std::vector<int>{2, 3}));
  bool differs = false;
  for (int i = 0; i < 20; ++i) {
    const auto counts = DrawRecipes(units, rows.size(), 1, i);
    EXPECT_EQ(counts[0] + counts[2], 2.0);
    EXPECT_EQ(counts[1] + counts[3] + counts[4], 3.0);
    EXPECT_EQ(counts, DrawRecipes(units, rows.size(), 1, i));
    differs |= counts != DrawRecipes(units, rows.size(), 2, i);
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace isoflop
