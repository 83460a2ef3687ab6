// What happens when the front end is stopped or killed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "tests/execute/execute_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

class InterruptionTest : public ExecuteFixture {
 protected:
  InterruptionTest() { Prepare(dir_); }

  /// A front end in a process of its own. Its exit status is the signal that
  /// stopped it, 0 when it came to the end; a death is 128 and more.
  ChildProcess FrontEnd(const ExecuteOptions& options = Options()) {
    return ChildProcess([this, options] {
      ::signal(SIGINT, SIG_DFL);
      ::signal(SIGTERM, SIG_DFL);
      ::signal(SIGHUP, SIG_DFL);
      const ExecuteSummary summary = Run(options);
      return summary.signal.value_or(0);
    });
  }

  bool AnyGroupInWork() const {
    return std::ranges::any_of(sweep_.plan.groups, [this](const auto& group) {
      return CurrentHolder(dir_.group(group.id) / "lease.json").has_value();
    });
  }

  bool AnyCurve() const {
    return std::ranges::any_of(sweep_.plan.groups, [this](const auto& group) {
      return !ReadMetrics(dir_.group(group.id) / "metrics.jsonl").empty();
    });
  }

  std::size_t Ended() const { return Losses(dir_).size(); }

  ScopedEnv slow_{"ISOFLOP_FAKE_SLEEP", "0.05"};
};

TEST_F(InterruptionTest, AKilledFrontEndIsTakenUpWhereItWas) {
  for (const std::size_t ended : {1U, 3U, 5U}) {
    ChildProcess front_end = FrontEnd();
    ASSERT_TRUE(WaitFor([&] { return Ended() >= ended; }));
    front_end.Kill(SIGKILL);
    front_end.Wait();
  }
  EXPECT_EQ(Run().ok, 8);
  ExpectAsUndisturbed();
}

TEST_F(InterruptionTest, WorkersStopWhenTheFrontEndIsKilled) {
  ChildProcess front_end = FrontEnd();
  ASSERT_TRUE(WaitFor([this] { return AnyCurve(); }));
  front_end.Kill(SIGKILL);
  front_end.Wait();
  EXPECT_TRUE(WaitFor([this] { return !AnyGroupInWork(); }));
  EXPECT_LT(Ended(), 8U);
}

TEST_F(InterruptionTest, SigintStopsAtACheckpointAndRunsAgainGoOn) {
  ChildProcess front_end = FrontEnd();
  ASSERT_TRUE(WaitFor([this] { return AnyCurve(); }));
  front_end.Kill(SIGINT);
  EXPECT_EQ(front_end.Wait(), SIGINT);
  EXPECT_FALSE(AnyGroupInWork());
  EXPECT_LT(Ended(), 8U);
  EXPECT_EQ(Run().ok, 8);
  ExpectAsUndisturbed();
}

TEST_F(InterruptionTest, SigtermStopsAtACheckpoint) {
  ChildProcess front_end = FrontEnd();
  ASSERT_TRUE(WaitFor([this] { return AnyCurve(); }));
  front_end.Kill(SIGTERM);
  EXPECT_EQ(front_end.Wait(), SIGTERM);
  EXPECT_LT(Ended(), 8U);
}

TEST_F(InterruptionTest, SighupStopsAtACheckpointHoweverOftenItComes) {
  ChildProcess front_end = FrontEnd();
  ASSERT_TRUE(WaitFor([this] { return AnyCurve(); }));
  // A terminal that is closed sends it, and the shell in it does too.
  for (int i = 0; i < 5; ++i) front_end.Kill(SIGHUP);
  EXPECT_EQ(front_end.Wait(), SIGHUP);
  EXPECT_FALSE(AnyGroupInWork());
  EXPECT_LT(Ended(), 8U);
  EXPECT_EQ(Run().ok, 8);
  ExpectAsUndisturbed();
}

TEST_F(InterruptionTest, ASecondSignalDoesNotWaitForWorkers) {
  const ScopedEnv hang("ISOFLOP_FAKE_FAULT", "hang");
  ExecuteOptions options = Options();
  options.stop_grace_seconds = 1e9;
  ChildProcess front_end = FrontEnd(options);
  ASSERT_TRUE(WaitFor([this] { return AnyGroupInWork(); }));
  front_end.Kill(SIGINT);
  front_end.Kill(SIGTERM);
  EXPECT_THAT(front_end.Wait(), testing::AnyOf(SIGINT, SIGTERM));
  EXPECT_FALSE(AnyGroupInWork());
}

TEST_F(InterruptionTest, AHungWorkerIsKilledWhenTheGraceIsOver) {
  const ScopedEnv hang("ISOFLOP_FAKE_FAULT", "hang");
  ExecuteOptions options = Options();
  options.stop_grace_seconds = 0.2;
  ChildProcess front_end = FrontEnd(options);
  ASSERT_TRUE(WaitFor([this] { return AnyGroupInWork(); }));
  front_end.Kill(SIGINT);
  EXPECT_EQ(front_end.Wait(), SIGINT);
  EXPECT_FALSE(AnyGroupInWork());
}

TEST_F(InterruptionTest, AnInterruptedSweepSaysWhatIsPending) {
  ChildProcess front_end([this] {
    ::signal(SIGINT, SIG_DFL);
    const ExecuteSummary summary = Run();
    const bool adds_up = summary.ok + summary.pending == 8;
    return adds_up && summary.pending > 0 && summary.signal == SIGINT ? 0 : 1;
  });
  ASSERT_TRUE(WaitFor([this] { return AnyCurve(); }));
  front_end.Kill(SIGINT);
  EXPECT_EQ(front_end.Wait(), 0);
}

}  // namespace
}  // namespace isoflop
