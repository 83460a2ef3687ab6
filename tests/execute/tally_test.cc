#include "lib/execute/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/files.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TallyTest : public testing::Test {
 protected:
  TallyTest() { PrepareSweepDir(dir_, sweep_.spec, sweep_.plan); }

  const RunGroup& group(std::size_t i) const { return sweep_.plan.groups[i]; }

  void Store(const RunGroup& group, std::size_t i, RunStatus status) {
    RunResult result = ResultFor(group, group.runs[i]);
    result.status = status;
    result.loss = 2.0;
    StoreResult(dir_, result);
  }

  Tally Count(bool retry_failed = false) {
    return Tally(dir_, sweep_.plan, retry_failed);
  }

  TempDir temp_;
  SweepDir dir_{temp_ / "out"};
  TinySweep sweep_;
};

TEST_F(TallyTest, CountsWhatHasEndedBefore) {
  Store(group(0), 0, RunStatus::kOk);
  Store(group(0), 1, RunStatus::kDiverged);
  Store(group(1), 0, RunStatus::kFailed);
  const Tally tally = Count();
  EXPECT_EQ(tally.runs(), 4);
  EXPECT_EQ(tally.ok(), 1);
  EXPECT_EQ(tally.diverged(), 1);
  EXPECT_EQ(tally.failed(), 1);
  EXPECT_TRUE(tally.Complete(group(0)));
  EXPECT_FALSE(tally.Complete(group(1)));
}

TEST_F(TallyTest, FindsNewResultsOnce) {
  Tally tally = Count();
  Store(group(0), 0, RunStatus::kOk);
  EXPECT_EQ(tally.Refresh(group(0)).size(), 1U);
  EXPECT_THAT(tally.Refresh(group(0)), IsEmpty());
  EXPECT_EQ(tally.ok(), 1);
}

TEST_F(TallyTest, SetsFailedResultsAsideToTryAgain) {
  Store(group(0), 0, RunStatus::kFailed);
  Store(group(0), 1, RunStatus::kDiverged);
  EXPECT_EQ(Count(/*retry_failed=*/true).failed(), 0);
  EXPECT_FALSE(FindResult(dir_, group(0).runs[0].id).has_value());
  EXPECT_TRUE(FindResult(dir_, group(0).runs[1].id).has_value());
}

TEST_F(TallyTest, FailsWhatIsPendingInAGroupAndNothingElse) {
  Store(group(0), 0, RunStatus::kOk);
  Tally tally = Count();
  const auto failed = tally.FailPending(group(0), "a reason");
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].id, group(0).runs[1].id);
  EXPECT_EQ(FindResult(dir_, failed[0].id)->reason, "a reason");
  EXPECT_EQ(tally.ok(), 1);
  EXPECT_EQ(tally.failed(), 1);
}

TEST_F(TallyTest, CountsAFailureThatCannotBeRecorded) {
  Tally tally = Count();
  const auto runs = dir_.root() / "runs";
  std::filesystem::remove_all(runs);
  WriteFileAtomically(runs, "a file where a directory should be");
  tally.FailPending(group(0), "a reason");
  EXPECT_EQ(tally.failed(), 2);
  EXPECT_TRUE(tally.Complete(group(0)));
  EXPECT_THAT(tally.notes(), ElementsAre(HasSubstr("could not be recorded"),
                                         HasSubstr("could not be recorded")));
}

TEST_F(TallyTest, NamesDamagedResults) {
  WriteFileAtomically(dir_.run(group(0).runs[0].id) / "result.json", "{");
  EXPECT_THAT(Count().notes(), ElementsAre(HasSubstr("result.json")));
}

}  // namespace
}  // namespace isoflop
