#include "analysis/compare/unexplained_runs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/compare/recipes.h"

namespace isoflop {
namespace {

LabelledRuns TwoRecipesWithNoise() {
  const LabelledObservations sweep =
      RecipeSweep({{"a"}, {"b", 1.4, 0.8}}, 0.003, 5);
  return NumberRecipes(sweep.set, sweep.labels, "recipe");
}

const std::vector<Chinchilla> kLaws = {LawOf({"a"}), LawOf({"b", 1.4, 0.8})};

TEST(UnexplainedRuns, AreNoneWhereThereIsOnlyNoise) {
  EXPECT_TRUE(UnexplainedRuns(TwoRecipesWithNoise(), kLaws, 7).empty());
}

TEST(UnexplainedRuns, HaveTheirRecipeTheirPlaceAndHowFarOffTheyAre) {
  LabelledRuns labelled = TwoRecipesWithNoise();
  Observation& slip = labelled.rows[60];
  const double predicted = Loss(kLaws[1], slip.N, slip.D);
  slip.L = 2.0 * predicted;
  labelled.rows[3].L *= 0.9;
  const auto runs = UnexplainedRuns(labelled, kLaws, 7);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].recipe, "b");
  EXPECT_EQ(runs[0].N, slip.N);
  EXPECT_EQ(runs[0].D, slip.D);
  EXPECT_EQ(runs[0].loss, slip.L);
  EXPECT_NEAR(runs[0].predicted, predicted, 1e-12);
  EXPECT_NEAR(runs[0].spreads / (std::log(2.0) / 0.003), 1.0, 0.3);
  EXPECT_EQ(runs[1].recipe, "a");
}

TEST(UnexplainedRuns, AreFoundAmongRunsWithoutNoise) {
  const LabelledObservations sweep = RecipeSweep({{"a"}, {"b", 1.4, 0.8}});
  LabelledRuns labelled = NumberRecipes(sweep.set, sweep.labels, "recipe");
  labelled.rows[0].L *= 1.01;
  EXPECT_EQ(UnexplainedRuns(labelled, kLaws, 7).size(), 1U);
}

}  // namespace
}  // namespace isoflop
