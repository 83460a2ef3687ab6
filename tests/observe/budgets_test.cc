#include "analysis/observe/budgets.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// Runs with the given compute, and a nominal budget where it is above 0.
std::vector<Observation> Runs(const std::vector<double>& flops,
                              const std::vector<double>& nominal = {}) {
  std::vector<Observation> runs;
  for (std::size_t i = 0; i < flops.size(); ++i) {
    runs.push_back(MakeObservation(1e6, flops[i] / 6e6, 3.0));
    if (i < nominal.size() && nominal[i] > 0.0) {
      runs.back().budget_flops = nominal[i];
    }
  }
  return runs;
}

TEST(GroupByBudget, PutsRunsOfOneNominalBudgetTogether) {
  const auto groups =
      GroupByBudget(Runs({1.2e15, 0.9e15, 3e15}, {1e15, 1e15, 3e15}));
  ASSERT_EQ(groups.budgets.size(), 2U);
  EXPECT_EQ(groups.budgets[0].runs, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(groups.budgets[0].flops, 1e15);
  EXPECT_EQ(groups.budgets[1].flops, 3e15);
}

TEST(GroupByBudget, KeepsNominalBudgetsApartHoweverClose) {
  EXPECT_EQ(GroupByBudget(Runs({1e15, 1e15}, {1e15, 1.001e15})).budgets.size(),
            2U);
}

TEST(GroupByBudget, PutsRunsOfNearlyTheSameComputeTogether) {
  const auto groups = GroupByBudget(Runs({3.0e15, 1.01e15, 1.0e15, 3.03e15}));
  ASSERT_EQ(groups.budgets.size(), 2U);
  EXPECT_EQ(groups.budgets[0].runs, (std::vector<std::size_t>{2, 1}));
  EXPECT_NEAR(groups.budgets[0].flops, 1e15 * std::sqrt(1.01), 1.0);
}

TEST(GroupByBudget, LeavesOutRunsWhoseComputeHasNoGaps) {
  std::vector<double> flops;
  for (int i = 0; i < 40; ++i) flops.push_back(1e15 * std::pow(1.015, i));
  flops.push_back(1e18);
  const auto groups = GroupByBudget(Runs(flops));
  EXPECT_EQ(groups.left_out.size(), 40U);
  ASSERT_EQ(groups.budgets.size(), 1U);
  EXPECT_NEAR(groups.budgets[0].flops, 1e18, 1e3);
}

TEST(GroupByBudget, AssignsEveryRunExactlyOnce) {
  const auto runs =
      Runs({1e15, 5e15, 1e15, 2e15, 2.02e15}, {0.0, 5e15, 1e15, 0.0, 0.0});
  const auto groups = GroupByBudget(runs);
  std::vector<std::size_t> seen = groups.left_out;
  for (const Budget& budget : groups.budgets) {
    seen.insert(seen.end(), budget.runs.begin(), budget.runs.end());
  }
  std::ranges::sort(seen);
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(GroupByBudget, HasNoBudgetsForNoRuns) {
  EXPECT_TRUE(GroupByBudget({}).budgets.empty());
}

TEST(NearestBudget, IsTheNearestWithinReach) {
  const std::vector<double> flops = {1e18, 1.05e18, 1e19};
  EXPECT_EQ(NearestBudget(flops, 1.04e18, 0.1), 1U);
  EXPECT_EQ(NearestBudget(flops, 0.99e18, 0.1), 0U);
  EXPECT_EQ(NearestBudget(flops, 3e18, 0.1), std::nullopt);
  EXPECT_EQ(NearestBudget({}, 1e18, 0.1), std::nullopt);
}

}  // namespace
}  // namespace isoflop
