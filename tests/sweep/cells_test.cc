#include "lib/sweep/cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::int64_t> Steps(const CellsOfSize& cells) {
  std::vector<std::int64_t> steps;
  for (const Cell& cell : cells.cells) steps.push_back(cell.steps);
  return steps;
}

TEST(CellsFor, DividesABudgetBySixN) {
  GridConfig grid;
  grid.budgets_flops = {6e9};
  const auto cells = CellsFor(grid, "d", 1000, 100);
  EXPECT_THAT(Steps(cells), ElementsAre(10'000));
  EXPECT_EQ(cells.cells[0].budget_flops, 6e9);
}

TEST(CellsFor, TakesTokensAsTheyAre) {
  GridConfig grid;
  grid.tokens = {1000, 5000};
  const auto cells = CellsFor(grid, "d", 1000, 100);
  EXPECT_THAT(Steps(cells), ElementsAre(10, 50));
  EXPECT_FALSE(cells.cells[0].budget_flops.has_value());
}

TEST(CellsFor, MultipliesTokensPerParameterByN) {
  GridConfig grid;
  grid.tokens_per_param = {2.5};
  EXPECT_THAT(Steps(CellsFor(grid, "d", 1000, 100)), ElementsAre(25));
}

TEST(CellsFor, RoundsToTheNearestStepAndAtLeastOne) {
  GridConfig grid;
  grid.tokens = {1, 149, 250};
  EXPECT_THAT(Steps(CellsFor(grid, "d", 1000, 100)), ElementsAre(1, 3));
}

TEST(CellsFor, SortsByD) {
  GridConfig grid;
  grid.tokens = {5000, 1000, 3000};
  EXPECT_THAT(Steps(CellsFor(grid, "d", 1000, 100)), ElementsAre(10, 30, 50));
}

TEST(CellsFor, MakesCellsOfTheSameStepsOneRunAndSaysSo) {
  GridConfig grid;
  grid.budgets_flops = {6e6, 6.01e6, 12e6};
  const auto cells = CellsFor(grid, "d8 L1", 1000, 100);
  EXPECT_THAT(Steps(cells), ElementsAre(10, 20));
  EXPECT_THAT(cells.notes,
              ElementsAre("d8 L1: 1 of its cells round to the steps of another "
                          "one and are the same run"));
}

TEST(CellsFor, LeavesOutWhatIsOutsideTheRangesWithTheReason) {
  GridConfig grid;
  grid.tokens = {1000, 10'000, 100'000, 1'000'000};
  grid.tokens_range = {5000, 500'000};
  grid.tokens_per_param_range = {20, 200};
  const auto cells = CellsFor(grid, "d8 L1", 1000, 100);
  EXPECT_THAT(Steps(cells), ElementsAre(1000));
  ASSERT_THAT(cells.left_out, SizeIs(3));
  EXPECT_EQ(cells.left_out[0].size, "d8 L1");
  EXPECT_EQ(cells.left_out[0].tokens, 1000.0);
  EXPECT_EQ(cells.left_out[0].reason, "D 1.00k below tokens_range[0] 5.00k");
  EXPECT_EQ(cells.left_out[1].reason,
            "D/N 10 below tokens_per_param_range[0] 20");
  EXPECT_EQ(cells.left_out[2].reason, "D 1.00M above tokens_range[1] 500k");
}

TEST(CellsFor, CountsTheEndsOfARangeIn) {
  GridConfig grid;
  grid.tokens = {1000, 2000};
  grid.tokens_range = {1000, 2000};
  EXPECT_THAT(CellsFor(grid, "d", 1000, 100).left_out, IsEmpty());
}

TEST(CellsFor, LeavesOutADThatCannotBeCounted) {
  GridConfig grid;
  grid.budgets_flops = {1e30};
  EXPECT_THAT(CellsFor(grid, "d", 1000, 100).left_out, SizeIs(1));
}

}  // namespace
}  // namespace isoflop
