#include "lib/machine/worker_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <string>

#include "lib/core/files.h"
#include "lib/machine/signals.h"
#include "tests/machine/runs.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::Pair;

/// A worker that is a shell script.
std::filesystem::path WorkerIn(const TempDir& temp, const std::string& text) {
  const auto path = temp.Write("worker", "#!/bin/sh\n" + text + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

TEST(AskWorker, SendsTheInputAndReturnsTheAnswer) {
  const TempDir temp;
  const auto worker = WorkerIn(temp, "read line; echo \"[\\\"$1\\\", $line]\"");
  EXPECT_EQ(AskWorker({worker}, {.verb = "double", .input = "21"}),
            Json::array({"double", 21}));
}

TEST(AskWorker, GivesUpAfterItsTime) {
  const TempDir temp;
  const auto worker = WorkerIn(temp, "echo busy >&2; exec sleep 100");
  EXPECT_ERROR(AskWorker({worker}, {.verb = "count", .timeout_seconds = 0.0}),
               "count: no answer in 0 seconds");
}

TEST(AskWorker, SaysHowAWorkerEndedThatTookNoInput) {
  const TempDir temp;
  const StopSignals ignores_sigpipe;
  const auto worker = WorkerIn(temp, "exec <&-; echo no >&2; exit 4");
  const std::string more_than_a_pipe_holds(1 << 20, '1');
  EXPECT_ERROR(
      AskWorker({worker}, {.verb = "x", .input = more_than_a_pipe_holds}),
      "x: exited with status 4: no");
}

TEST(AskWorker, SaysHowAWorkerEndedThatWroteNothing) {
  const TempDir temp;
  const auto killed = WorkerIn(temp, "kill -KILL $$");
  EXPECT_ERROR(AskWorker({killed}, {.verb = "x"}),
               "x: was killed by SIGKILL (Killed): it wrote nothing");
  const auto mute = WorkerIn(temp, "exit 0");
  EXPECT_ERROR(AskWorker({mute}, {.verb = "x"}),
               "x: ended without an answer: it wrote nothing");
}

TEST(AskWorker, DiesWithWhoAsks) {
  const TempDir temp;
  const auto pid_file = temp / "pid";
  const auto worker =
      WorkerIn(temp, "echo $$ >" + pid_file.string() + ".new; mv " +
                         pid_file.string() + ".new " + pid_file.string() +
                         "; trap '' TERM HUP; while :; do :; "
                         "done");
  ChildProcess front_end([&] {
    AskWorker({worker}, {.verb = "x"});
    return 0;
  });
  ASSERT_TRUE(WaitFor([&] { return std::filesystem::exists(pid_file); }));
  front_end.Kill(SIGKILL);
  front_end.Wait();
  const pid_t pid = std::stoi(ReadFile(pid_file));
  EXPECT_TRUE(WaitFor([&] { return !Runs(pid); })) << "it still spins";
}

TEST(AskWorkers, HandsOutEveryAnswerWithItsNumber) {
  const TempDir temp;
  const auto worker = WorkerIn(temp, "read line; echo $line");
  std::map<std::size_t, int> answers;
  const auto signal = AskWorkers({worker},
                                 {{.verb = "x", .input = "5"},
                                  {.verb = "x", .input = "6"},
                                  {.verb = "x", .input = "7"}},
                                 2, [&](std::size_t i, const Json& json) {
                                   answers[i] = json.get<int>();
                                 });
  EXPECT_FALSE(signal.has_value());
  EXPECT_THAT(answers, ElementsAre(Pair(0, 5), Pair(1, 6), Pair(2, 7)));
}

TEST(AskWorkers, StopsAtASignalAndKillsTheWorkers) {
  const TempDir temp;
  const auto worker = WorkerIn(temp, "echo $$ >" + (temp / "pid").string() +
                                         "; kill -INT $PPID; exec sleep 1000");
  const auto signal = AskWorkers({worker}, {{.verb = "x", .input = "1"}}, 1,
                                 [](std::size_t, const Json&) { FAIL(); });
  EXPECT_EQ(signal, SIGINT);
  const pid_t pid = std::stoi(ReadFile(temp / "pid"));
  EXPECT_NE(::kill(pid, 0), 0) << "the worker is still there";
}

TEST(AskWorkers, HasNothingToDoWithoutQuestions) {
  EXPECT_FALSE(
      AskWorkers({"/no/such/worker"}, {}, 1, [](std::size_t, const Json&) {}));
}

}  // namespace
}  // namespace isoflop
