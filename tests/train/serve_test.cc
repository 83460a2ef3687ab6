// Several groups at the same time in one worker: they come out as they do one
// at a time, whatever interrupts them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/record/worker_protocol.h"
#include "tests/train/tiny_sweep.h"
#include "tests/train/worker_program.h"

namespace isoflop {
namespace {

/// Sweeps that differ in seed and length, so that none ends like another.
Json SweepNumber(std::int64_t i, Json json) {
  json["seeds"] = {i};
  json["grid"]["tokens"].push_back(json["grid"]["tokens"].back().get<int>() +
                                   640 * (i + 1));
  return json;
}

/// Three sweeps of one group each, twice: to be trained one at a time, and at
/// once.
class ServeTest : public testing::Test {
 protected:
  static constexpr std::size_t kSweeps = 3;

  explicit ServeTest(const Json& json = TinySweepJson())
      : alone_(Sweeps(json)), together_(Sweeps(json)) {}

  static std::vector<std::unique_ptr<TinySweep>> Sweeps(const Json& json) {
    std::vector<std::unique_ptr<TinySweep>> sweeps;
    for (std::size_t i = 0; i < kSweeps; ++i) {
      sweeps.push_back(std::make_unique<TinySweep>(
          SweepNumber(static_cast<std::int64_t>(i), json)));
    }
    return sweeps;
  }

  void TrainOneAtATime() {
    Process worker({"serve"});
    for (const auto& sweep : alone_) {
      worker.Write(CommandFor(*sweep));
      worker.WaitFor(WorkerEventKind::kGroupEnded, sweep->group().id);
    }
  }

  void BeginTogether(Process& worker) {
    for (const auto& sweep : together_) worker.Write(CommandFor(*sweep));
  }

  /// Gives all to a worker and waits until they have ended.
  void TrainTogether() {
    Process worker({"serve"});
    BeginTogether(worker);
    for (std::size_t ended = 0; ended < kSweeps; ++ended) {
      worker.WaitFor(WorkerEventKind::kGroupEnded);
    }
    worker.CloseInput();
    EXPECT_EQ(worker.Wait(), 0);
  }

  /// Reads until every group has made progress.
  void WaitUntilAllAreInWork(Process& worker) {
    for (const auto& sweep : together_) Await(worker, sweep->group().id);
  }

  void ExpectTheSame() {
    for (std::size_t i = 0; i < kSweeps; ++i) {
      for (std::size_t run = 0; run < alone_[i]->group().runs.size(); ++run) {
        ASSERT_TRUE(alone_[i]->Result(run).loss);
        EXPECT_EQ(together_[i]->Result(run).loss, alone_[i]->Result(run).loss);
        EXPECT_EQ(Text(together_[i]->Curve(run)), Text(alone_[i]->Curve(run)));
      }
    }
  }

  std::vector<std::unique_ptr<TinySweep>> alone_;
  std::vector<std::unique_ptr<TinySweep>> together_;

 private:
  /// Groups make progress in any order.
  void Await(Process& worker, const std::string& group) {
    while (!seen_.contains(group)) {
      seen_.insert(worker.WaitFor(WorkerEventKind::kProgress).group);
    }
  }

  std::set<std::string> seen_;
};

TEST_F(ServeTest, TrainsGroupsAtOnceAsOneAtATime) {
  TrainOneAtATime();
  TrainTogether();
  ExpectTheSame();
}

TEST_F(ServeTest, TakesNewGroupsWhileOthersAreInWork) {
  TinySweep longer(SweepNumber(kSweeps, LongSweepJson()));
  Process worker({"serve"});
  worker.Write(CommandFor(longer));
  worker.WaitFor(WorkerEventKind::kProgress);
  for (const auto& sweep : together_) {
    worker.Write(CommandFor(*sweep));
    worker.WaitFor(WorkerEventKind::kGroupEnded, sweep->group().id);
  }
  worker.WaitFor(WorkerEventKind::kGroupEnded, longer.group().id);
  TrainOneAtATime();
  ExpectTheSame();
}

TEST_F(ServeTest, RefusesAGroupThatIsInWorkAlready) {
  TinySweep sweep(LongSweepJson());
  Process worker({"serve"});
  worker.Write(CommandFor(sweep));
  worker.Write(CommandFor(sweep));
  worker.WaitFor(WorkerEventKind::kGroupEnded);
  worker.CloseInput();
  EXPECT_EQ(worker.ReadLine(), "") << "one end answers both";
  EXPECT_EQ(worker.Wait(), 0);
}

TEST_F(ServeTest, TakesAGroupAgainThatHasEnded) {
  Process worker({"serve"});
  for (int i = 0; i < 3; ++i) {
    worker.Write(CommandFor(*together_[0]));
    worker.WaitFor(WorkerEventKind::kGroupEnded);
  }
}

TEST_F(ServeTest, FailsOneGroupAndTrainsTheOthers) {
  TrainCommand command;
  command.sweep_dir = together_[0]->dir().root().string();
  command.group = "d9-nowhere";
  Process worker({"serve"});
  worker.Write(CommandFor(*together_[0]));
  worker.Write(ToJson(command).dump());
  bool failed = false;
  bool ended = false;
  while (!failed || !ended) {
    const std::string line = worker.ReadLine();
    ASSERT_NE(line, "");
    const WorkerEvent event = ParseWorkerEvent(line);
    failed |= event.kind == WorkerEventKind::kGroupFailed &&
              event.group == command.group;
    ended |= event.kind == WorkerEventKind::kGroupEnded;
  }
}

/// Long enough for all three to be in work for a while.
Json RatherLongSweepJson() {
  Json json = LongSweepJson();
  json["grid"]["tokens"] = {2560000};
  return json;
}

class InterruptedServeTest : public ServeTest {
 protected:
  InterruptedServeTest() : ServeTest(RatherLongSweepJson()) {}

  /// Reads to the end; counts the groups that say that they have stopped.
  static std::size_t CountStopped(Process& worker) {
    std::size_t stopped = 0;
    for (std::string line = worker.ReadLine(); !line.empty();
         line = worker.ReadLine()) {
      stopped +=
          ParseWorkerEvent(line).kind == WorkerEventKind::kStopped ? 1 : 0;
    }
    return stopped;
  }
};

TEST_F(InterruptedServeTest, StopsAllAtACheckpointWhenItsInputEnds) {
  TrainOneAtATime();
  Process worker({"serve"});
  BeginTogether(worker);
  WaitUntilAllAreInWork(worker);
  worker.CloseInput();
  EXPECT_EQ(CountStopped(worker), kSweeps);
  EXPECT_EQ(worker.Wait(), 75);
  TrainTogether();
  ExpectTheSame();
}

TEST_F(InterruptedServeTest, StopsAllAtACheckpointOnASignal) {
  Process worker({"serve"});
  BeginTogether(worker);
  WaitUntilAllAreInWork(worker);
  worker.Kill(SIGTERM);
  EXPECT_EQ(CountStopped(worker), kSweeps);
  EXPECT_EQ(worker.Wait(), 143);
}

TEST_F(InterruptedServeTest, LosesNothingWhenItIsKilled) {
  TrainOneAtATime();
  {
    Process worker({"serve"});
    BeginTogether(worker);
    WaitUntilAllAreInWork(worker);
    worker.Kill(SIGKILL);
    EXPECT_EQ(worker.Wait(), -SIGKILL);
  }
  TrainTogether();
  ExpectTheSame();
}

TEST_F(InterruptedServeTest, EndsWithAllGroupsWhenOneCannotGoOn) {
  Process worker({"serve"});
  BeginTogether(worker);
  WaitUntilAllAreInWork(worker);
  TrainCommand command;
  command.sweep_dir = alone_[0]->dir().root().string();
  command.group = alone_[0]->group().id + "x";
  command.device = "cuda:99";
  worker.Write(ToJson(command).dump());
  EXPECT_EQ(CountStopped(worker), 0U);
  EXPECT_EQ(worker.Wait(), 2);
}

TEST_F(InterruptedServeTest, EndsWithAllGroupsWhenACommandMakesNoSense) {
  Process worker({"serve"});
  BeginTogether(worker);
  WaitUntilAllAreInWork(worker);
  worker.Write("hello");
  EXPECT_EQ(CountStopped(worker), 0U);
  EXPECT_EQ(worker.Wait(), 2);
}

}  // namespace
}  // namespace isoflop
