#include "lib/machine/device_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>

#include "lib/machine/signals.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

/// A worker that is a shell script, and what it says of two groups.
class DeviceWorkerTest : public testing::Test {
 protected:
  static TrainCommand CommandFor(const std::string& group) {
    TrainCommand command;
    command.sweep_dir = "out";
    command.group = group;
    return command;
  }

  static std::string Ended(const std::string& group) {
    WorkerEvent event;
    event.kind = WorkerEventKind::kGroupEnded;
    event.group = group;
    return ToJson(event).dump();
  }

  static std::string Answer(const std::string& group) {
    return "case $line in *\"" + group + "\"*) echo '" + Ended(group) +
           "';; esac; ";
  }

  DeviceWorker WorkerThat(const std::string& ends) const {
    const auto script =
        temp_.Write("worker", "#!/bin/sh\nread line; " + Answer("first") +
                                  Answer("second") + ends + "\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    return {{script, {}}, temp_ / "worker.log"};
  }

  /// Waits until the worker has said something of the group, or has ended.
  static std::size_t CountEvents(DeviceWorker* worker,
                                 const std::string& group) {
    std::size_t events = 0;
    EXPECT_TRUE(WaitFor([&] {
      const bool ended = worker->Ended();
      worker->Listen();
      events += worker->TakeEvents(group).size();
      return events > 0 || ended;
    }));
    return events;
  }

  const StopSignals ignores_sigpipe_;
  const TempDir temp_;
};

TEST_F(DeviceWorkerTest, StartsAgainWhenItsProcessHasDiedWithNothingToDo) {
  DeviceWorker worker = WorkerThat("exit 3");
  worker.Train(CommandFor("first"));
  EXPECT_EQ(CountEvents(&worker, "first"), 1U);
  worker.Forget("first");
  EXPECT_TRUE(WaitFor([&] { return worker.Ended(); }));
  worker.Train(CommandFor("second"));
  EXPECT_EQ(CountEvents(&worker, "second"), 1U);
}

TEST_F(DeviceWorkerTest, StartsAgainWhenAnIdleProcessTakesNothingMore) {
  const auto closed = temp_ / "closed";
  DeviceWorker worker =
      WorkerThat("exec <&-; : >" + closed.string() + "; exec sleep 1000");
  worker.Train(CommandFor("first"));
  EXPECT_EQ(CountEvents(&worker, "first"), 1U);
  worker.Forget("first");
  EXPECT_TRUE(WaitFor([&] { return std::filesystem::exists(closed); }));
  worker.Train(CommandFor("second"));
  EXPECT_EQ(CountEvents(&worker, "second"), 1U);
}

TEST_F(DeviceWorkerTest, IsFoundDeadWhileAnotherGroupIsInWork) {
  DeviceWorker worker = WorkerThat("exit 3");
  worker.Train(CommandFor("first"));
  EXPECT_TRUE(WaitFor([&] { return worker.Ended(); }));
  worker.Train(CommandFor("second"));
  EXPECT_TRUE(worker.Ended());
  const WorkerEnd end = worker.Reap();
  EXPECT_EQ(end.cause, "its worker exited with status 3; it wrote nothing to " +
                           (temp_.path().filename() / "worker.log").string());
  EXPECT_FALSE(end.from_outside);
}

TEST_F(DeviceWorkerTest, SaysWhereInItsLogTheLastWordsAre) {
  temp_.Write("worker.log", "of an earlier worker\n");
  DeviceWorker worker = WorkerThat("echo one >&2; echo two >&2; kill -9 $$");
  worker.Train(CommandFor("first"));
  EXPECT_TRUE(WaitFor([&] { return worker.Ended(); }));
  const WorkerEnd end = worker.Reap();
  EXPECT_THAT(end.cause, testing::HasSubstr("killed by SIGKILL (Killed)"));
  EXPECT_THAT(end.cause, testing::HasSubstr("worker.log:3): one | two"));
  EXPECT_TRUE(end.from_outside);
}

}  // namespace
}  // namespace isoflop
