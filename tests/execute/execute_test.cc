#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <utility>

#include "lib/execute/local_executor.h"
#include "tests/execute/execute_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_error.h"
#include "tests/support/fake_law.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::Contains;
using testing::HasSubstr;

class ExecuteTest : public ExecuteFixture {
 protected:
  ExecuteTest() { Prepare(dir_); }
};

TEST_F(ExecuteTest, EndsEveryRunOnce) {
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.runs, 8);
  EXPECT_EQ(summary.ok, 8);
  EXPECT_EQ(summary.pending, 0);
  EXPECT_EQ(summary.ended_here, 8);
  EXPECT_TRUE(summary.complete());
  EXPECT_FALSE(summary.signal.has_value());
  EXPECT_TRUE(summary.messages.empty());
  ExpectAsUndisturbed();
}

TEST_F(ExecuteTest, TellsOfEveryRunThatEnds) {
  Run();
  EXPECT_EQ(progress_.ended.size(), 8U);
  EXPECT_EQ(progress_.last.ended(), 8);
  EXPECT_TRUE(progress_.notes.empty());
}

TEST_F(ExecuteTest, GivesLossesOfTheFakeLaw) {
  const ScopedEnv exact("ISOFLOP_FAKE_NOISE", "0");
  Run();
  for (const RunResult& result : LoadResults(dir_, sweep_.plan)) {
    EXPECT_DOUBLE_EQ(*result.loss,
                     FakeLaw().Loss(static_cast<double>(result.params_total),
                                    static_cast<double>(result.tokens)));
  }
}

TEST_F(ExecuteTest, DoesNothingWhereEverythingIsDone) {
  Run();
  const ExecuteSummary again = Run();
  EXPECT_EQ(again.ended_here, 0);
  EXPECT_EQ(again.ok, 8);
  ExpectAsUndisturbed();
}

TEST_F(ExecuteTest, TrainsOnlyWhatWasAdded) {
  Run();
  Json file = EightRuns();
  file["grid"]["tokens"] = {8192, 16384, 32768};
  const TinySweep extended(file);
  PrepareSweepDir(dir_, extended.spec, extended.plan);
  const auto summary = Execute(dir_, extended.plan, Options(), progress_);
  EXPECT_EQ(summary.ended_here, 4);
  EXPECT_EQ(summary.ok, 12);
}

TEST_F(ExecuteTest, RunsADamagedResultAgain) {
  Run();
  const auto losses = Losses(dir_);
  const auto file = dir_.run(group(1).runs[0].id) / "result.json";
  WriteFileAtomically(file, "{\"schema\": \"isoflop.run/1\", \"id\":");
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ended_here, 1);
  EXPECT_EQ(summary.ok, 8);
  EXPECT_EQ(Losses(dir_), losses);
  EXPECT_THAT(summary.messages, Contains(HasSubstr(file.string())));
}

/// Lets something happen when the first run has ended.
class AccidentProgress : public RecordedProgress {
 public:
  explicit AccidentProgress(std::function<void(const std::string&)> accident)
      : accident_(std::move(accident)) {}
  void RunEnded(const RunResult& result,
                const SweepProgress& progress) override {
    if (ended.empty()) accident_(result.id);
    RecordedProgress::RunEnded(result, progress);
  }

 private:
  std::function<void(const std::string&)> accident_;
};

class LostDirectoryTest : public ExecuteTest {
 protected:
  std::string ErrorAfter(std::function<void(const std::string&)> accident) {
    const ScopedEnv slow("ISOFLOP_FAKE_SLEEP", "0.05");
    AccidentProgress progress(std::move(accident));
    try {
      Execute(dir_, sweep_.plan, Options(), progress);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  /// Though workers may be at work in it.
  static void Delete(const std::filesystem::path& path) {
    WaitFor([&] {
      std::error_code code;
      std::filesystem::remove_all(path, code);
      return !code;
    });
  }
};

TEST_F(LostDirectoryTest, IsSaidToBeMovedAndDoesNotComeBack) {
  const auto move = [&](const std::string&) {
    std::filesystem::rename(dir_.root(), temp_ / "new");
  };
  EXPECT_THAT(
      ErrorAfter(move),
      HasSubstr("out: was moved or deleted while the sweep was running"));
  EXPECT_FALSE(std::filesystem::exists(dir_.root()));
  const SweepDir moved(temp_ / "new");
  // Of this process, which lives on.
  for (const int claim : {1, 2}) {
    WriteFileAtomically(
        moved.lock_json().string() + "." + std::to_string(claim), "");
  }
  EXPECT_EQ(Execute(moved, sweep_.plan, Options(), progress_).ok, 8);
  EXPECT_EQ(Losses(moved), UndisturbedLosses());
}

TEST_F(LostDirectoryTest, IsSaidToBeDeletedAndDoesNotComeBack) {
  EXPECT_THAT(ErrorAfter([&](const std::string&) { Delete(dir_.root()); }),
              HasSubstr("out: was moved or deleted while the sweep was"));
  EXPECT_FALSE(std::filesystem::exists(dir_.root()));
}

TEST_F(LostDirectoryTest, WithoutItsRunsIsAnErrorThatSaysSo) {
  EXPECT_THAT(
      ErrorAfter([&](const std::string&) { Delete(dir_.root() / "runs"); }),
      HasSubstr("runs: was deleted while the sweep was running"));
  Prepare(dir_);
  EXPECT_EQ(Run().ok, 8);
  EXPECT_EQ(Losses(dir_), UndisturbedLosses());
}

TEST_F(LostDirectoryTest, WithoutAResultIsAnErrorThatNamesTheRun) {
  std::string id;
  const std::string error = ErrorAfter([&](const std::string& ended) {
    id = ended;
    Delete(dir_.run(id));
  });
  EXPECT_THAT(error, HasSubstr(id));
  EXPECT_THAT(error, HasSubstr("1 run has ended in this sweep"));
  Prepare(dir_);
  EXPECT_EQ(Run().ok, 8);
  EXPECT_EQ(Losses(dir_), UndisturbedLosses());
}

TEST_F(ExecuteTest, RefusesToBeASecondFrontEnd) {
  ChildProcess first([this]() -> int {
    const Lease lock = LockSweepDir(dir_);
    while (true) ::pause();
  });
  ASSERT_TRUE(
      WaitFor([this] { return CurrentHolder(dir_.lock_json()).has_value(); }));
  EXPECT_ERROR(Run(), "pid " + std::to_string(first.pid()));
  first.Kill(SIGKILL);
  first.Wait();
  EXPECT_EQ(Run().ok, 8);
  ExpectAsUndisturbed();
}

TEST_F(ExecuteTest, RefusesAWorkerThatCannotBeStarted) {
  ExecuteOptions options = Options();
  options.worker.path = temp_ / "no-such-worker";
  EXPECT_ERROR(Run(options), "no-such-worker: cannot be started");
}

TEST_F(ExecuteTest, WorksWithMoreSlotsThanGroups) {
  ExecuteOptions options = Options();
  options.slots.assign(9, {"cpu"});
  EXPECT_EQ(Run(options).ok, 8);
}

TEST_F(ExecuteTest, TellsTheWorkerWhichDeviceToUse) {
  ExecuteOptions options = Options();
  options.slots = {{"cuda:1"}};
  Run(options);
  for (const RunResult& result : LoadResults(dir_, sweep_.plan)) {
    EXPECT_EQ(result.device["kind"], "cuda:1");
  }
}

TEST_F(ExecuteTest, LeavesNoWorkerBehind) {
  Run();
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace isoflop
