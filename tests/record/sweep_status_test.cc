#include "lib/record/sweep_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "lib/core/files.h"
#include "lib/record/checkpoint_files.h"
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

  void EndRun(std::size_t i, std::size_t j, RunStatus status,
              const std::string& reason = {}) {
    RunResult result = ResultFor(group(i), group(i).runs[j]);
    result.status = status;
    result.reason = reason;
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
  EXPECT_FALSE(status.seconds_left.has_value());
}

TEST_F(SweepStatusTest, CountsOfAStoppedGroupWhatItsCheckpointsHold) {
  StoreProgress(0, 8000);  // of which the last part is lost
  EXPECT_EQ(ReadSweepStatus(dir_).tokens_done, 0);
  const auto trunk = dir_.group_checkpoints(group(0).id);
  MakeDirectories(trunk);
  WriteFileAtomically(CheckpointFile(trunk, 30), "not looked at");
  WriteFileAtomically(CheckpointFile(trunk, 60), "not looked at");
  EXPECT_EQ(ReadSweepStatus(dir_).tokens_done, 60 * 64);
  const PlannedRun& run = group(0).runs[0];
  const auto branch = dir_.run_checkpoints(run.id);
  MakeDirectories(branch);
  WriteFileAtomically(CheckpointFile(branch, run.branch_step + 5), "");
  const SweepStatus status = ReadSweepStatus(dir_);
  ASSERT_EQ(status.groups.size(), 1U);
  EXPECT_EQ(status.groups[0].state, GroupState::kStopped);
  EXPECT_EQ(status.groups[0].tokens_done, (run.branch_step + 5) * 64);
}

TEST_F(SweepStatusTest, CountsOfAStoppedGroupTheRunsThatHaveEnded) {
  EndRun(0, 0, RunStatus::kOk);
  EXPECT_EQ(ReadSweepStatus(dir_).tokens_done, group(0).runs[0].tokens);
  EndRun(0, 1, RunStatus::kOk);
  EXPECT_EQ(ReadSweepStatus(dir_).tokens_done, TokensTrained(group(0)));
}

TEST_F(SweepStatusTest, CallsAGroupWaitingWhileAFrontEndIsAtWork) {
  EndRun(0, 0, RunStatus::kOk);
  EXPECT_EQ(ReadSweepStatus(dir_).groups.at(0).state, GroupState::kStopped);
  const Lease lock = LockSweepDir(dir_);
  EXPECT_EQ(ReadSweepStatus(dir_).groups.at(0).state, GroupState::kWaiting);
  const Lease lease = HoldGroup(0);
  EXPECT_EQ(ReadSweepStatus(dir_).groups.at(0).state, GroupState::kInWork);
}

TEST_F(SweepStatusTest, SaysWhatStoppedAGroup) {
  StoreCause(dir_, group(1).id, "x: cannot write: No space left on device");
  const SweepStatus status = ReadSweepStatus(dir_);
  ASSERT_EQ(status.groups.size(), 1U);
  EXPECT_EQ(status.groups[0].group, group(1).id);
  EXPECT_EQ(status.groups[0].state, GroupState::kStopped);
  EXPECT_EQ(status.pending, 4);
  EXPECT_EQ(ToJson(status)["groups"][0]["cause"],
            "x: cannot write: No space left on device");
  EXPECT_EQ(ToJson(status)["go_on"], "isoflop sweep " +
                                         dir_.sweep_json().string() + " -o " +
                                         dir_.root().string());
}

TEST_F(SweepStatusTest, NamesEveryRunThatEndedBadlyAndHowToTryItAgain) {
  EndRun(0, 0, RunStatus::kOk);
  EndRun(0, 1, RunStatus::kDiverged, "loss 9 is far above its minimum");
  EndRun(1, 0, RunStatus::kFailed, "its worker was killed by SIGSEGV");
  const auto curve = dir_.run(group(0).runs[1].id) / "metrics.jsonl";
  WriteFileAtomically(curve, "{}\n{}\n{}\n");
  const SweepStatus status = ReadSweepStatus(dir_);
  ASSERT_EQ(status.ended_badly.size(), 2U);
  const EndedBadly& diverged = status.ended_badly[0];
  EXPECT_EQ(diverged.run, group(0).runs[1].id);
  EXPECT_EQ(diverged.cause, "loss 9 is far above its minimum");
  EXPECT_EQ(diverged.curve, curve.string() + ":3");
  EXPECT_THAT(diverged.retry, HasSubstr("result.diverged.json && isoflop"));
  const EndedBadly& failed = status.ended_badly[1];
  EXPECT_EQ(failed.status, RunStatus::kFailed);
  EXPECT_EQ(failed.cause, "its worker was killed by SIGSEGV");
  EXPECT_EQ(failed.retry, status.go_on + " --retry-failed");
  EXPECT_EQ(ToJson(status)["ended_badly"][1]["status"], "failed");
}

TEST_F(SweepStatusTest, NamesTheVariantOfAGroup) {
  Json file = TinySweepFile();
  file["vary"] = {{"training.peak_lr", {0.01, 0.02}}};
  const TinySweep varied(file);
  const SweepDir dir(temp_ / "varied");
  PrepareSweepDir(dir, varied.spec, varied.plan);
  StoreCause(dir, varied.plan.groups[0].id, "anything");
  EXPECT_EQ(ReadSweepStatus(dir).groups.at(0).variant,
            Json({{"training.peak_lr", 0.01}}));
}

TEST(GoOnCommand, QuotesWhatAShellWouldTakeApart) {
  const TempDir temp;
  const SweepDir dir(temp / "o'clock runs");
  MakeDirectories(dir.root());
  WriteFileAtomically(dir.sweep_json(), "{}");
  const std::string quoted = "'" + temp.path().string() + "/o'\\''clock runs";
  EXPECT_EQ(GoOnCommand(dir),
            "isoflop sweep " + quoted + "/sweep.json' -o " + quoted + "'");
}

TEST(GoOnCommand, AsksForTheSweepFileWhereItsPathsAreRelative) {
  const TempDir temp;
  const SweepDir dir(temp / "out");
  MakeDirectories(dir.root());
  WriteFileAtomically(dir.sweep_json(),
                      R"({"data": {"train_paths": ["/a", "b.bin"]}})");
  EXPECT_EQ(GoOnCommand(dir),
            "isoflop sweep SWEEP.json -o " + dir.root().string());
  WriteFileAtomically(dir.sweep_json(), R"({"data": {"paths": ["/a", "/b"]}})");
  EXPECT_THAT(GoOnCommand(dir), HasSubstr("sweep.json -o"));
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
