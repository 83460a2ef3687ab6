#include "lib/execute/pending.h"

#include <gtest/gtest.h>

#include "tests/execute/execute_fixture.h"

namespace isoflop {
namespace {

class PendingTest : public ExecuteFixture {
 protected:
  void Store(const RunGroup& group, std::size_t run, RunStatus status) const {
    RunResult result = ResultFor(group, group.runs[run]);
    result.status = status;
    if (status == RunStatus::kOk) result.loss = 2.0;
    StoreResult(dir_, result);
  }
};

TEST_F(PendingTest, AreAllGroupsOfAFreshSweep) {
  Prepare(dir_);
  EXPECT_EQ(PendingGroups(dir_, sweep_.plan, false).size(), 4U);
}

TEST_F(PendingTest, AreGroupsOfWhichARunHasNotEnded) {
  Prepare(dir_);
  Store(group(0), 0, RunStatus::kOk);
  Store(group(0), 1, RunStatus::kDiverged);
  Store(group(1), 0, RunStatus::kOk);
  const auto pending = PendingGroups(dir_, sweep_.plan, false);
  ASSERT_EQ(pending.size(), 3U);
  EXPECT_EQ(pending[0].id, group(1).id);
}

TEST_F(PendingTest, AreThoseThatFailedWhenTheyAreTriedAgain) {
  Prepare(dir_);
  for (const RunGroup& group : sweep_.plan.groups) {
    Store(group, 0, RunStatus::kOk);
    Store(group, 1, RunStatus::kOk);
  }
  Store(group(2), 1, RunStatus::kFailed);
  EXPECT_TRUE(PendingGroups(dir_, sweep_.plan, false).empty());
  const auto pending = PendingGroups(dir_, sweep_.plan, true);
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].id, group(2).id);
}

TEST_F(PendingTest, FinishedSummarySaysWhatExecuteSays) {
  Prepare(dir_);
  Run();
  Store(group(2), 1, RunStatus::kFailed);
  const ExecuteSummary execute = Run();
  const ExecuteSummary finished = FinishedSummary(dir_, sweep_.plan);
  EXPECT_EQ(finished.runs, execute.runs);
  EXPECT_EQ(finished.ok, execute.ok);
  EXPECT_EQ(finished.failed, 1);
  EXPECT_EQ(finished.diverged, execute.diverged);
  EXPECT_EQ(finished.pending, 0);
  EXPECT_FALSE(finished.complete());
}

}  // namespace
}  // namespace isoflop
