#include "lib/record/sweep_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "lib/core/files.h"
#include "lib/record/group_status.h"
#include "lib/record/run_result.h"
#include "lib/sweep/group_cost.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SweepStatusTest : public testing::Test {
 protected:
  SweepStatusTest() { PrepareSweepDir(dir_, sweep_.spec, sweep_.plan); }

  const RunGroup& group(std::size_t i) const { return sweep_.plan.groups[i]; }

  void EndRun(std::size_t i, std::size_t j, RunStatus status) {
    RunResult result = ResultFor(group(i), group(i).runs[j]);
    result.status = status;
    result.loss = 2.0;
    StoreResult(dir_, result);
  }

  void StoreProgress(std::size_t i, std::int64_t tokens_done) {
    GroupStatus status;
    status.run = group(i).runs[0].id;
    status.step = 1;
    status.tokens_done = tokens_done;
    status.tokens_total = TokensTrained(group(i));
    status.train_loss = 3.0;
    status.tokens_per_second = 1000.0;
    StoreGroupStatus(dir_, group(i).id, status);
  }

  Lease HoldGroup(std::size_t i) {
    LeaseHolder holder;
    return *Lease::Acquire(dir_.group(group(i).id) / "lease.json", &holder);
  }

  TempDir temp_;
  SweepDir dir_{temp_ / "out"};
  TinySweep sweep_;
};

TEST_F(SweepStatusTest, OfAFreshSweepIsAllPending) {
  const SweepStatus status = ReadSweepStatus(dir_);
  EXPECT_EQ(status.name, "tiny");
  EXPECT_EQ(status.runs, 4);
  EXPECT_EQ(status.pending, 4);
  EXPECT_EQ(status.done(), 0);
  EXPECT_EQ(status.tokens_done, 0);
  EXPECT_EQ(status.tokens_total, Totals(sweep_.plan).tokens);
  EXPECT_FALSE(status.seconds_left.has_value());
  EXPECT_FALSE(status.front_end.has_value());
  EXPECT_TRUE(status.groups.empty());
}

TEST_F(SweepStatusTest, CountsEachRunOnce) {
  EndRun(0, 0, RunStatus::kOk);
  EndRun(0, 1, RunStatus::kDiverged);
  EndRun(1, 0, RunStatus::kFailed);
  const Lease lease = HoldGroup(1);
  const SweepStatus status = ReadSweepStatus(dir_);
  EXPECT_EQ(status.ok, 1);
  EXPECT_EQ(status.diverged, 1);
  EXPECT_EQ(status.failed, 1);
  EXPECT_EQ(status.running, 1);
  EXPECT_EQ(status.pending, 0);
}

TEST_F(SweepStatusTest, ShowsAGroupInWork) {
  const Lease lease = HoldGroup(0);
  StoreProgress(0, 4096);
  const SweepStatus status = ReadSweepStatus(dir_);
  ASSERT_EQ(status.groups.size(), 1U);
  EXPECT_EQ(status.groups[0].group, group(0).id);
  EXPECT_EQ(status.groups[0].run, group(0).runs[0].id);
  EXPECT_EQ(status.groups[0].tokens_done, 4096);
  EXPECT_TRUE(status.groups[0].holder.has_value());
  EXPECT_EQ(status.tokens_per_second, 1000.0);
  EXPECT_EQ(status.tokens_done, 4096);
}

TEST_F(SweepStatusTest, EstimatesTheTimeLeftFromTheFlopsLeft) {
  const Lease lease = HoldGroup(0);
  StoreProgress(0, 4096);
  const double here = TrainingFlopsPerToken(group(0).shape);
  const double there = TrainingFlopsPerToken(group(1).shape);
  const double flops_left =
      here * static_cast<double>(TokensTrained(group(0)) - 4096) +
      there * static_cast<double>(TokensTrained(group(1)));
  EXPECT_DOUBLE_EQ(*ReadSweepStatus(dir_).seconds_left,
                   flops_left / (here * 1000.0));
}

TEST_F(SweepStatusTest, HasNoRateWhenNobodyWorks) {
  StoreProgress(0, 4096);
  const SweepStatus status = ReadSweepStatus(dir_);
  EXPECT_EQ(status.tokens_per_second, 0.0);
  EXPECT_EQ(status.running, 0);
  EXPECT_EQ(status.tokens_done, 4096);
  EXPECT_FALSE(status.seconds_left.has_value());
}

TEST_F(SweepStatusTest, NamesTheFrontEnd) {
  const Lease lock = LockSweepDir(dir_);
  EXPECT_TRUE(ReadSweepStatus(dir_).front_end.has_value());
}

TEST_F(SweepStatusTest, CountsNoGroupAsRunningWhoseHolderHasLongBeenSilent) {
  StoreProgress(0, 4096);
  const auto claim = dir_.group(group(0).id) / "lease.json.1";
  WriteFileAtomically(claim,
                      R"({"host": "elsewhere", "pid": 1, "since": "then"})");
  EXPECT_EQ(ReadSweepStatus(dir_).running, 1);
  std::filesystem::last_write_time(
      claim,
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const SweepStatus status = ReadSweepStatus(dir_);
  EXPECT_EQ(status.running, 0);
  EXPECT_EQ(status.pending, 4);
  EXPECT_EQ(status.tokens_per_second, 0.0);
  EXPECT_EQ(ToJson(status)["groups"][0]["holder"]["stale"], true);
}

TEST_F(SweepStatusTest, NamesADamagedResult) {
  const auto file = dir_.run(group(0).runs[0].id) / "result.json";
  WriteFileAtomically(file, "{");
  const SweepStatus status = ReadSweepStatus(dir_);
  EXPECT_THAT(status.notes, ElementsAre(HasSubstr(file.string())));
  EXPECT_EQ(status.pending, 4);
}

TEST_F(SweepStatusTest, IsJsonWithoutNull) {
  EndRun(0, 0, RunStatus::kOk);
  const Lease lease = HoldGroup(0);
  const Json json = ToJson(ReadSweepStatus(dir_));
  EXPECT_EQ(json["schema"], "isoflop.status/1");
  EXPECT_EQ(json["done"], 1);
  EXPECT_EQ(json["groups"][0]["group"], group(0).id);
  EXPECT_EQ(json.dump().find("null"), std::string::npos);
}

TEST_F(SweepStatusTest, RefusesWhatIsNoSweepDirectory) {
  EXPECT_ERROR(ReadSweepStatus(SweepDir(temp_ / "none")),
               "is not a sweep directory");
}

}  // namespace
}  // namespace isoflop
