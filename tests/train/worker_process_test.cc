// The worker as a program: what it says on its pipes, and what survives when it
// is killed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/cpu_features.h"
#include "lib/core/json.h"
#include "lib/core/seal.h"
#include "lib/record/bench_protocol.h"
#include "lib/record/worker_protocol.h"
#include "tests/support/scoped_env.h"
#include "tests/train/tiny_sweep.h"
#include "tests/train/worker_program.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

TEST(WorkerProcess, ProbesTheMachine) {
  Process worker({"probe"});
  const ProbeReport report =
      ProbeReportFromJson(ParseJson(worker.ReadLine(), "probe"), "probe");
  EXPECT_GT(report.fp32_flops_per_second, 0.0);
  EXPECT_EQ(worker.Wait(), 0);
}

TEST(WorkerProcess, ServesOneGroupAfterAnother) {
  TinySweep first;
  TinySweep second;
  Process worker({"serve"});
  worker.Write(CommandFor(first));
  worker.WaitFor(WorkerEventKind::kGroupEnded);
  worker.Write(CommandFor(second));
  worker.WaitFor(WorkerEventKind::kGroupEnded);
  worker.CloseInput();
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_EQ(*first.Result(2).loss, *second.Result(2).loss);
}

TEST(WorkerProcess, TrainsOneGroupOfASweep) {
  TinySweep sweep;
  Process worker({"train", sweep.dir().root().string(), sweep.group().id});
  worker.WaitFor(WorkerEventKind::kGroupEnded);
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_EQ(sweep.Result(2).status, RunStatus::kOk);
}

TEST(WorkerProcess, MultipliesAsItsPlanSays) {
  if (!HasAvx2()) GTEST_SKIP() << "OpenBLAS can be told nothing here";
  const ScopedEnv nothing("OPENBLAS_CORETYPE", std::nullopt);
  TinySweep sweep;
  Json plan = ReadSealedFile(sweep.dir().plan_json());
  plan["blas_core"] = "Haswell";
  WriteJsonFile(sweep.dir().plan_json(), plan);
  Process worker({"train", sweep.dir().root().string(), sweep.group().id});
  worker.WaitFor(WorkerEventKind::kGroupEnded);
  EXPECT_EQ(worker.Wait(), 0);
  EXPECT_EQ(sweep.Result(2).software["environment"]["OPENBLAS_CORETYPE"],
            "Haswell");
}

TEST(WorkerProcess, StopsAtACheckpointWhenItsInputEnds) {
  TinySweep sweep(LongSweepJson());
  Process worker({"serve"});
  worker.Write(CommandFor(sweep));
  worker.WaitFor(WorkerEventKind::kProgress);
  worker.CloseInput();
  worker.WaitFor(WorkerEventKind::kStopped);
  EXPECT_EQ(worker.Wait(), 75);
}

TEST(WorkerProcess, StopsAtACheckpointOnSignals) {
  const struct {
    int signal, status;
  } cases[] = {{SIGTERM, 143}, {SIGINT, 130}, {SIGUSR2, 75}};
  for (const auto& expected : cases) {
    TinySweep sweep(LongSweepJson());
    Process worker({"serve"});
    worker.Write(CommandFor(sweep));
    worker.WaitFor(WorkerEventKind::kProgress);
    worker.Kill(expected.signal);
    worker.WaitFor(WorkerEventKind::kStopped);
    EXPECT_EQ(worker.Wait(), expected.status);
  }
}

TEST(WorkerProcess, StopsOnASignalWhileItHasNothingToDo) {
  Process worker({"serve"});
  TinySweep sweep;
  worker.Write(CommandFor(sweep));
  worker.WaitFor(WorkerEventKind::kGroupEnded);
  worker.Kill(SIGTERM);
  EXPECT_EQ(worker.Wait(), 143);
}

TEST(WorkerProcess, LosesNothingWhenKilled) {
  TinySweep undisturbed(LongSweepJson());
  {
    Process worker(
        {"train", undisturbed.dir().root().string(), undisturbed.group().id});
    EXPECT_EQ(worker.Wait(), 0);
  }
  TinySweep sweep(LongSweepJson());
  int deaths = 0;
  while (true) {
    Process worker({"serve"});
    worker.Write(CommandFor(sweep));
    // Killed at the second sign of life, whatever it is doing then.
    std::vector<WorkerEventKind> seen;
    while (seen.size() < 2 || deaths == 4) {
      const std::string line = worker.ReadLine();
      ASSERT_NE(line, "");
      seen.push_back(ParseWorkerEvent(line).kind);
      if (seen.back() == WorkerEventKind::kGroupEnded) break;
    }
    if (seen.back() == WorkerEventKind::kGroupEnded) break;
    worker.Kill(SIGKILL);
    EXPECT_EQ(worker.Wait(), -SIGKILL);
    ++deaths;
  }
  EXPECT_GT(deaths, 0);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(*sweep.Result(i).loss, *undisturbed.Result(i).loss);
    EXPECT_EQ(Text(sweep.Curve(i)), Text(undisturbed.Curve(i)));
  }
}

std::string BenchCommandFor(TinySweep& sweep, double seconds) {
  return ToJson(BenchCommand{.group = sweep.group(), .seconds = seconds})
      .dump();
}

TEST(WorkerProcess, BenchesOneCase) {
  TinySweep sweep;
  Process worker({"bench"});
  worker.Write(BenchCommandFor(sweep, 0.02));
  const std::string line = worker.ReadLine();
  EXPECT_NO_THROW(BenchReportFromJson(ParseJson(line, "bench"), "bench"));
  EXPECT_EQ(worker.Wait(), 0);
}

TEST(WorkerProcess, StopsABenchWhenItsInputEnds) {
  TinySweep sweep;
  Process worker({"bench"});
  worker.Write(BenchCommandFor(sweep, 10000.0));
  worker.CloseInput();
  EXPECT_EQ(worker.ReadLine(), "");
  EXPECT_EQ(worker.Wait(), 75);
}

TEST(WorkerProcess, RefusesABenchCommandThatItDoesNotUnderstand) {
  for (const char* line : {"hello", "{}", R"({"command":"train"})"}) {
    Process worker({"bench"});
    worker.Write(line);
    EXPECT_EQ(worker.Wait(), 2) << line;
  }
  Process silent({"bench"});
  silent.CloseInput();
  EXPECT_EQ(silent.Wait(), 2);
}

TEST(WorkerProcess, RefusesBadUsage) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"dance"},
      {"train"},
      {"train", "only-a-dir"},
      {"train", "dir", "group", "more"},
      {"train", "dir", "group", "--device"},
      {"train", "dir", "group", "--gpu"}};
  for (const auto& arguments : cases) {
    Process worker(arguments);
    EXPECT_EQ(worker.Wait(), 2);
  }
}

TEST(WorkerProcess, RefusesACommandThatItDoesNotUnderstand) {
  for (const char* line : {"hello", "{}", R"({"command":"stop"})"}) {
    Process worker({"serve"});
    worker.Write(line);
    EXPECT_EQ(worker.Wait(), 2) << line;
  }
}

TEST(WorkerProcess, EndsWhenItsDeviceIsNotThere) {
  TinySweep sweep;
  TrainCommand command;
  command.sweep_dir = sweep.dir().root().string();
  command.group = sweep.group().id;
  command.device = "cuda:99";
  Process worker({"serve"});
  worker.Write(ToJson(command).dump());
  EXPECT_EQ(worker.ReadLine(), "") << "a breakdown is no word about the group";
  EXPECT_EQ(worker.Wait(), 2);
}

TEST(WorkerProcess, SaysWhyAGroupFailed) {
  TinySweep sweep;
  Process worker({"train", sweep.dir().root().string(), "nowhere"});
  EXPECT_THAT(worker.WaitFor(WorkerEventKind::kGroupFailed).reason,
              HasSubstr("nowhere"));
  EXPECT_EQ(worker.Wait(), 3);
}

}  // namespace
}  // namespace isoflop
