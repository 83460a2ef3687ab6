#include "tests/coverage/table_mutations.h"

#include <gtest/gtest.h>

#include "tests/coverage/mutations.h"

namespace isoflop {
namespace {

TEST(TableMutations, AreSeenWhereTheyMatterAndNotWhereTheyDoNot) {
  const auto count = static_cast<int>(2 * AllMutations().size());
  const auto outcomes = MutateTables(SyntheticTables(), count);
  const MutationOutcome harmless = Sum(outcomes, Visibility::kHarmless);
  EXPECT_EQ(harmless.refused, 0);
  EXPECT_EQ(harmless.shifted, 0);
  EXPECT_LE(harmless.warned, 1);
  const MutationOutcome visible = Sum(outcomes, Visibility::kVisible);
  EXPECT_GT(visible.shifted, 10);
  EXPECT_LE(visible.shifted_silent, 1);
}

}  // namespace
}  // namespace isoflop
