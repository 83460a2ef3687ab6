// What happens to groups that share a worker, when all goes well and when one
// of them takes the others with it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include "tests/execute/execute_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class SharedWorkerTest : public ExecuteFixture {
 protected:
  SharedWorkerTest() { Prepare(dir_); }

  /// The cores of a CPU, for once in one process.
  static ExecuteOptions SharedSlots(std::size_t count) {
    ExecuteOptions options = Options();
    options.slots.assign(count, {"cpu", Sharing::kWhereItFits});
    return options;
  }

  const RunGroup& Victim() const { return group(2); }

  std::size_t CountLogs() const {
    std::size_t logs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.logs())) {
      const std::string name = entry.path().filename().string();
      logs += name.starts_with("worker-") ? 1 : 0;
    }
    return logs;
  }

  /// The groups in work, and the processes that hold them.
  std::set<std::int64_t> Holders(std::size_t* groups) const {
    std::set<std::int64_t> pids;
    *groups = 0;
    for (const RunGroup& group : sweep_.plan.groups) {
      const auto holder = CurrentHolder(dir_.group(group.id) / "lease.json");
      if (!holder) continue;
      pids.insert(holder->pid);
      ++*groups;
    }
    return pids;
  }

  ScopedEnv slow_{"ISOFLOP_FAKE_SLEEP", "0.02"};
};

TEST_F(SharedWorkerTest, EndsEveryRunAsWorkersOfTheirOwnDo) {
  const ExecuteSummary summary = Run(SharedSlots(3));
  EXPECT_EQ(summary.ok, 8);
  EXPECT_TRUE(summary.messages.empty());
  EXPECT_EQ(CountLogs(), 1U);
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest, IsOneProcess) {
  const ScopedEnv slower("ISOFLOP_FAKE_SLEEP", "0.2");  // to be looked at
  ChildProcess front_end(
      [this] { return Run(SharedSlots(3)).ok == 8 ? 0 : 1; });
  std::size_t groups = 0;
  EXPECT_TRUE(
      WaitFor([&] { return Holders(&groups).size() == 1 && groups == 3; }));
  EXPECT_EQ(front_end.Wait(), 0);
}

class PassingFaultBesideOthersTest
    : public SharedWorkerTest,
      public testing::WithParamInterface<const char*> {};

TEST_P(PassingFaultBesideOthersTest, CostsNothingWhenItDoesNotComeBack) {
  const SomeFault fault(GetParam(), Victim().id, "1");
  EXPECT_EQ(Run(SharedSlots(3)).ok, 8);
  ExpectAsUndisturbed();
}

INSTANTIATE_TEST_SUITE_P(, PassingFaultBesideOthersTest,
                         testing::Values("kill", "segv", "exit", "stop", "lie",
                                         "garbage"),
                         [](const auto& test) { return test.param; });

class LastingFaultBesideOthersTest
    : public SharedWorkerTest,
      public testing::WithParamInterface<const char*> {};

TEST_P(LastingFaultBesideOthersTest, CostsTheGroupThatItStrikesAndNoOther) {
  const SomeFault fault(GetParam(), Victim().id, "1e9");
  const ExecuteSummary summary = Run(SharedSlots(4));
  EXPECT_EQ(summary.ok, 6);
  EXPECT_EQ(summary.failed, 2);
  for (const PlannedRun& run : Victim().runs) {
    EXPECT_EQ(FindResult(dir_, run.id)->status, RunStatus::kFailed);
  }
}

INSTANTIATE_TEST_SUITE_P(, LastingFaultBesideOthersTest,
                         testing::Values("segv", "exit", "lie"),
                         [](const auto& test) { return test.param; });

class FaultFromOutsideBesideOthersTest
    : public SharedWorkerTest,
      public testing::WithParamInterface<const char*> {};

TEST_P(FaultFromOutsideBesideOthersTest,
       LeavesTheGroupThatItStrikesAndNoOther) {
  {
    const SomeFault fault(GetParam(), Victim().id, "1e9");
    const ExecuteSummary summary = Run(SharedSlots(4));
    EXPECT_EQ(summary.ok, 6);
    EXPECT_EQ(summary.pending, 2);
    ASSERT_EQ(summary.left.size(), 1U);
    EXPECT_EQ(summary.left[0].group, Victim().id);
  }
  EXPECT_EQ(Run(SharedSlots(4)).ok, 8);
  ExpectAsUndisturbed();
}

INSTANTIATE_TEST_SUITE_P(, FaultFromOutsideBesideOthersTest,
                         testing::Values("kill", "stop", "fail"),
                         [](const auto& test) { return test.param; });

TEST_F(SharedWorkerTest, TwoThatBreakDownFailAndNoOther) {
  const SomeFault fault("exit", "d16-", "1e9");
  const ExecuteSummary summary = Run(SharedSlots(4));
  EXPECT_EQ(summary.ok, 4);
  EXPECT_EQ(summary.failed, 4);
}

TEST_F(SharedWorkerTest, ADeviceOnWhichAllBreakDownFailsNoRun) {
  const SomeFault fault("exit", "", "1e9");
  const ExecuteSummary summary = Run(SharedSlots(4));
  EXPECT_EQ(summary.failed, 0);
  EXPECT_EQ(summary.pending, 8);
  EXPECT_THAT(summary.messages, Contains(HasSubstr("cpu: retired")));
}

TEST_F(SharedWorkerTest, OneBreakdownOfManyGroupsDoesNotRetireTheDevice) {
  const SomeFault fault("exit", "", "1");
  const ExecuteSummary summary = Run(SharedSlots(4));
  EXPECT_EQ(summary.ok, 8);
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest, RecoversEveryGroupWhenItIsKilled) {
  const ScopedEnv slower("ISOFLOP_FAKE_SLEEP", "0.1");  // to be met in work
  ChildProcess front_end([this] {
    const ExecuteSummary summary = Run(SharedSlots(2));
    const bool said =
        std::ranges::any_of(summary.messages, [](const std::string& message) {
          return message.find("with 2 groups in work") != std::string::npos;
        });
    return summary.ok == 8 && said ? 0 : 1;
  });
  std::size_t groups = 0;
  std::set<std::int64_t> pids;
  ASSERT_TRUE(WaitFor([&] {
    pids = Holders(&groups);
    return groups == 2;
  }));
  ::kill(static_cast<pid_t>(*pids.begin()), SIGKILL);
  EXPECT_EQ(front_end.Wait(), 0);
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest, IsKilledWhenOneOfItsGroupsHangs) {
  ExecuteOptions options = SharedSlots(3);
  options.stall_seconds = 10.0;
  {
    const SomeFault fault("hang", Victim().id, "1");
    const ExecuteSummary summary = Run(options);
    EXPECT_EQ(summary.ok, 8);
    EXPECT_THAT(summary.messages, Contains(AllOf(HasSubstr(Victim().id),
                                                 HasSubstr("said nothing"))));
  }
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest, StopsAllGroupsAtACheckpoint) {
  const ScopedEnv slower("ISOFLOP_FAKE_SLEEP", "0.1");  // to be met in work
  ChildProcess front_end([this] {
    ::signal(SIGINT, SIG_DFL);
    return Run(SharedSlots(3)).signal == SIGINT ? 0 : 1;
  });
  std::size_t groups = 0;
  ASSERT_TRUE(
      WaitFor([&] { return Holders(&groups).size() == 1 && groups == 3; }));
  front_end.Kill(SIGINT);
  EXPECT_EQ(front_end.Wait(), 0);
  EXPECT_EQ(Holders(&groups).size(), 0U);
  EXPECT_EQ(Run(SharedSlots(3)).ok, 8);
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest, TriesAGroupAloneThatRanOutOfMemoryBesideOthers) {
  const ScopedEnv memory("ISOFLOP_FAKE_FITS", "64");  // one batch
  const ExecuteSummary summary = Run(SharedSlots(2));
  EXPECT_EQ(summary.ok, 8);
  EXPECT_THAT(
      summary.messages,
      Contains(HasSubstr("out of memory beside others; trying it alone")));
  EXPECT_THAT(summary.messages, Each(Not(HasSubstr("micro-batches"))));
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest,
       TakesSmallerMicroBatchesOnlyWhereAGroupAloneDoesNotFit) {
  const ScopedEnv memory("ISOFLOP_FAKE_FITS", "40");
  const ExecuteSummary summary = Run(SharedSlots(2));
  EXPECT_EQ(summary.ok, 8);
  EXPECT_THAT(summary.messages, Contains(HasSubstr("trying it alone")));
  EXPECT_THAT(summary.messages,
              Contains(HasSubstr("trying micro-batches of 32 tokens")));
  EXPECT_THAT(summary.messages,
              Each(Not(HasSubstr("trying micro-batches of 16 tokens"))));
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest, GetsMoreGroupsOnceARateWasMeasured) {
  ExecuteOptions options = Options();
  options.slots.assign(4, {"cpu", Sharing::kWhereItPays});
  options.cost.Observe(group(0), "cpu", 1e5);  // what the fake says as well
  EXPECT_EQ(Run(options).ok, 8);
  EXPECT_EQ(CountLogs(), 1U);
  EXPECT_GT(progress_.most_busy, 1);
  ExpectAsUndisturbed();
}

TEST_F(SharedWorkerTest, IsOnePerDevice) {
  ExecuteOptions options = Options();
  options.slots.clear();
  for (const char* device : {"cuda:0", "cuda:1", "cuda:0", "cuda:1"}) {
    options.slots.push_back({device, Sharing::kWhereItFits});
  }
  EXPECT_EQ(Run(options).ok, 8);
  EXPECT_EQ(CountLogs(), 2U);
  std::set<Json> kinds;
  for (const RunResult& result : LoadResults(dir_, sweep_.plan)) {
    kinds.insert(result.device["kind"]);
  }
  EXPECT_EQ(kinds, (std::set<Json>{"cuda:0", "cuda:1"}));
}

}  // namespace
}  // namespace isoflop
