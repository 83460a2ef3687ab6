// What happens when workers die, hang, lie or fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "lib/execute/device_health.h"
#include "lib/record/group_status.h"
#include "tests/execute/execute_fixture.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

class WorkerFaultsTest : public ExecuteFixture {
 protected:
  WorkerFaultsTest() { Prepare(dir_); }

  /// The second shape with the first seed; no other id contains this one.
  const RunGroup& Victim() const { return group(2); }

  RunResult ResultOf(const RunGroup& group, std::size_t i) const {
    return FindResult(dir_, group.runs[i].id).value();
  }
};

class PassingFaultTest : public WorkerFaultsTest,
                         public testing::WithParamInterface<const char*> {};

TEST_P(PassingFaultTest, CostsNothingWhenItDoesNotComeBack) {
  const SomeFault fault(GetParam(), Victim().id);
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 8);
  ExpectAsUndisturbed();
}

INSTANTIATE_TEST_SUITE_P(, PassingFaultTest,
                         testing::Values("kill", "segv", "exit", "stop", "lie",
                                         "garbage"),
                         [](const auto& test) { return test.param; });

class LastingFaultTest : public WorkerFaultsTest,
                         public testing::WithParamInterface<const char*> {};

TEST_P(LastingFaultTest, CostsTheGroupThatItStrikes) {
  const SomeFault fault(GetParam(), Victim().id, "1e9");
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 6);
  EXPECT_EQ(summary.failed, 2);
  EXPECT_EQ(summary.pending, 0);
  EXPECT_FALSE(summary.complete());
  EXPECT_THAT(summary.messages,
              Contains(AllOf(HasSubstr(Victim().id), HasSubstr("failed"))));
}

INSTANTIATE_TEST_SUITE_P(, LastingFaultTest,
                         testing::Values("segv", "exit", "lie"),
                         [](const auto& test) { return test.param; });

class FaultFromOutsideTest : public WorkerFaultsTest,
                             public testing::WithParamInterface<const char*> {};

TEST_P(FaultFromOutsideTest, FailsNoRunAndIsGoneOnFromWithTheSameCommand) {
  {
    const SomeFault fault(GetParam(), Victim().id, "1e9");
    const ExecuteSummary summary = Run();
    EXPECT_EQ(summary.ok, 6);
    EXPECT_EQ(summary.failed, 0);
    EXPECT_EQ(summary.pending, 2);
    EXPECT_FALSE(summary.complete());
    ASSERT_EQ(summary.left.size(), 1U);
    EXPECT_EQ(summary.left[0].group, Victim().id);
    EXPECT_FALSE(summary.left[0].cause.empty());
    EXPECT_EQ(FindGroupStatus(dir_, Victim().id)->cause, summary.left[0].cause);
    EXPECT_THAT(progress_.notes, Contains(HasSubstr(summary.left[0].cause)));
  }
  const ExecuteSummary again = Run();
  EXPECT_EQ(again.ok, 8);
  EXPECT_EQ(again.ended_here, 2);
  EXPECT_EQ(FindGroupStatus(dir_, Victim().id)->cause, "");
  ExpectAsUndisturbed();
}

INSTANTIATE_TEST_SUITE_P(, FaultFromOutsideTest,
                         testing::Values("kill", "stop", "fail", "fill_disk"),
                         [](const auto& test) {
                           return std::string(test.param);
                         });

TEST_F(WorkerFaultsTest, ACrashIsRecordedWithSignalAndLastWords) {
  const SomeFault fault("segv", Victim().id, "1e9");
  Run();
  const RunResult result = ResultOf(Victim(), 0);
  EXPECT_EQ(result.status, RunStatus::kFailed);
  EXPECT_THAT(result.reason, HasSubstr("killed by SIGSEGV"));
  EXPECT_THAT(result.reason, HasSubstr("something is out of bounds"));
  EXPECT_FALSE(result.loss.has_value());
}

TEST_F(WorkerFaultsTest, RunsThatEndedBeforeACrashKeepTheirResults) {
  const SomeFault fault("segv", Victim().runs[1].id, "1e9");
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 7);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(ResultOf(Victim(), 0).status, RunStatus::kOk);
  EXPECT_EQ(ResultOf(Victim(), 1).status, RunStatus::kFailed);
}

TEST_F(WorkerFaultsTest, AGroupThatCannotGoOnIsLeftForTheWorkersReason) {
  const SomeFault fault("fail", Victim().id, "1");
  EXPECT_EQ(Run().left.at(0).cause, "the data have moved away");
  EXPECT_FALSE(FindResult(dir_, Victim().runs[0].id).has_value());
}

TEST_F(WorkerFaultsTest, ACauseThatCannotBeWrittenDownIsSaid) {
  const SomeFault fault("fail", Victim().id, "1");
  const auto status = dir_.group(Victim().id) / "status.json";
  MakeDirectories(status);  // where a file should be
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.left.at(0).cause, "the data have moved away");
  EXPECT_THAT(summary.messages,
              Contains(HasSubstr("will not name what stopped 1 group")));
}

TEST_F(WorkerFaultsTest, AFailedRunIsTriedAgainOnlyWhenAsked) {
  {
    const SomeFault fault("segv", Victim().id, "1e9");
    Run();
  }
  EXPECT_EQ(Run().failed, 2);
  ExecuteOptions options = Options();
  options.retry_failed = true;
  const ExecuteSummary retried = Run(options);
  EXPECT_EQ(retried.ok, 8);
  EXPECT_EQ(retried.ended_here, 2);
  ExpectAsUndisturbed();
  EXPECT_TRUE(std::filesystem::exists(dir_.run(Victim().runs[0].id) /
                                      "result.attempt-1.json"));
}

TEST_F(WorkerFaultsTest, ADivergedRunIsAResultAndStopsNothing) {
  const SomeFault fault("diverge", Victim().runs[0].id);
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 7);
  EXPECT_EQ(summary.diverged, 1);
}

TEST_F(WorkerFaultsTest, ADivergedRunIsNeverTriedAgain) {
  {
    const SomeFault fault("diverge", Victim().runs[0].id);
    Run();
  }
  ExecuteOptions options = Options();
  options.retry_failed = true;
  const ExecuteSummary summary = Run(options);
  EXPECT_EQ(summary.ended_here, 0);
  EXPECT_EQ(summary.diverged, 1);
}

TEST_F(WorkerFaultsTest, FailFastStopsAtTheFirstGroupThatIsLeft) {
  const SomeFault fault("fail", "d");
  ExecuteOptions options = Options();
  options.slots = {{"cpu"}};
  options.fail_fast = true;
  const ExecuteSummary summary = Run(options);
  EXPECT_TRUE(summary.stopped_by_failure);
  EXPECT_EQ(summary.left.size(), 1U);
  EXPECT_EQ(summary.pending, 8);
}

TEST_F(WorkerFaultsTest, FailFastStopsAtTheFirstRunThatFails) {
  const SomeFault fault("segv", Victim().id, "1e9");
  ExecuteOptions options = Options();
  options.slots = {{"cpu"}};
  options.fail_fast = true;
  const ExecuteSummary summary = Run(options);
  EXPECT_TRUE(summary.stopped_by_failure);
  EXPECT_EQ(summary.failed, 2);
}

TEST_F(WorkerFaultsTest, FailFastStopsAtADivergence) {
  const SomeFault fault("diverge", "D8.19k");
  ExecuteOptions options = Options();
  options.slots = {{"cpu"}};
  options.fail_fast = true;
  const ExecuteSummary summary = Run(options);
  EXPECT_TRUE(summary.stopped_by_failure);
  EXPECT_GT(summary.pending, 0);
}

TEST_F(WorkerFaultsTest, OutOfMemoryIsMetWithSmallerMicroBatches) {
  const ScopedEnv memory("ISOFLOP_FAKE_FITS", "20");
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 8);
  EXPECT_THAT(summary.messages,
              Contains(HasSubstr("trying micro-batches of 32 tokens")));
  EXPECT_THAT(summary.messages,
              Contains(HasSubstr("trying micro-batches of 16 tokens")));
  ExpectAsUndisturbed();
}

TEST_F(WorkerFaultsTest, OutOfMemoryWithOneSequenceIsAFailure) {
  const ScopedEnv memory("ISOFLOP_FAKE_FITS", "15");
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.failed, 8);
  EXPECT_THAT(ResultOf(Victim(), 0).reason,
              HasSubstr("out of memory with one sequence at a time"));
}

TEST_F(WorkerFaultsTest, AHungWorkerIsKilledAndItsGroupTriedAgain) {
  const SomeFault fault("hang", Victim().id);
  ExecuteOptions options = Options();
  options.stall_seconds = 10.0;
  const ExecuteSummary summary = Run(options);
  EXPECT_EQ(summary.ok, 8);
  EXPECT_THAT(summary.messages, Contains(HasSubstr("said nothing for 10 s")));
}

TEST_F(WorkerFaultsTest, ABrokenDeviceIsRetiredAndAnotherDoesItsWork) {
  const SomeFault fault("exit", "", "1e9");
  const ScopedEnv device("ISOFLOP_FAKE_DEVICE", "cuda:0");
  ExecuteOptions options = Options();
  options.slots = {{"cuda:0"}, {"cuda:1"}};
  const ScopedEnv slow("ISOFLOP_FAKE_SLEEP", "0.1");  // for cuda:0 to break
  const ExecuteSummary summary = Run(options);
  EXPECT_EQ(summary.ok, 8);
  EXPECT_THAT(
      summary.messages,
      Contains(HasSubstr("cuda:0: retired after breakdowns of 3 groups")));
}

TEST_F(WorkerFaultsTest, TwoBadGroupsDoNotRetireTheOnlyDevice) {
  const SomeFault fault("exit", "d16-", "1e9");  // the two longest
  ExecuteOptions options = Options();
  options.slots = {{"cpu"}};
  const ExecuteSummary summary = Run(options);
  EXPECT_EQ(summary.failed, 4);
  EXPECT_EQ(summary.ok, 4);
  EXPECT_EQ(summary.pending, 0);
}

TEST_F(WorkerFaultsTest, AGroupThatGetsFurtherEachTimeIsTriedAgain) {
  const SomeFault fault("kill", Victim().id, "3");
  const ScopedEnv stride("ISOFLOP_FAKE_STRIDE", "30");
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 8);
  EXPECT_EQ(std::ranges::count_if(summary.messages,
                                  [](const std::string& message) {
                                    return message.find("SIGKILL") !=
                                           std::string::npos;
                                  }),
            3);
  ExpectAsUndisturbed();
}

TEST_F(WorkerFaultsTest, ABrokenOnlyDeviceFailsNoRun) {
  const SomeFault fault("exit", "", "1e9");
  ExecuteOptions options = Options();
  options.slots = {{"cpu"}};
  const ExecuteSummary summary = Run(options);
  EXPECT_EQ(summary.failed, 0);
  EXPECT_EQ(summary.pending, 8);
  ASSERT_EQ(summary.left.size(), DeviceHealth::kGroupsToRetire);
  const auto status = FindGroupStatus(dir_, summary.left[0].group);
  EXPECT_THAT(status->cause, HasSubstr("exited with status 3"));
  EXPECT_THAT(summary.messages,
              Contains(AllOf(HasSubstr("cpu: retired"),
                             HasSubstr("exited with status 3"))));
}

TEST_F(WorkerFaultsTest, TextOnStandardOutputGoesToTheLog) {
  const SomeFault fault("garbage", Victim().id);
  ExecuteOptions options = Options();
  options.slots = {{"cpu"}};
  EXPECT_EQ(Run(options).ok, 8);
  EXPECT_THAT(ReadFile(dir_.logs() / "worker-0.log"),
              HasSubstr("(on standard output) [W] a library says"));
}

/// Kills the worker of every group once, wherever it is just then.
class WorkerKiller {
 public:
  WorkerKiller(const SweepDir& dir, const Plan& plan)
      : thread_([&dir, &plan](const std::stop_token& stop) {
          std::set<std::string> killed;
          while (!stop.stop_requested()) {
            for (const RunGroup& group : plan.groups) {
              if (!killed.contains(group.id) && Kill(dir, group.id)) {
                killed.insert(group.id);
              }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
          }
        }) {}

 private:
  static bool Kill(const SweepDir& dir, const std::string& group) {
    const auto holder = CurrentHolder(dir.group(group) / "lease.json");
    // Not before it has shown that it works: that would retire the device.
    const auto curve = ReadMetrics(dir.group(group) / "metrics.jsonl");
    return holder && curve.size() > 3 &&
           ::kill(static_cast<pid_t>(holder->pid), SIGKILL) == 0;
  }

  std::jthread thread_;
};

TEST_F(WorkerFaultsTest, EveryWorkerMayBeKilledAnywhere) {
  const ScopedEnv slow("ISOFLOP_FAKE_SLEEP", "0.01");
  const WorkerKiller killer(dir_, sweep_.plan);
  const ExecuteSummary summary = Run();
  EXPECT_EQ(summary.ok, 8);
  EXPECT_THAT(summary.messages, Contains(HasSubstr("killed by SIGKILL")));
  ExpectAsUndisturbed();
}

}  // namespace
}  // namespace isoflop
