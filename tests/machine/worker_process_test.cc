#include "lib/machine/worker_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/machine/signals.h"
#include "lib/machine/worker_log.h"
#include "tests/support/expect_error.h"
#include "tests/support/scoped_env.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

/// Whether a process is there and no zombie.
bool Runs(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  file >> number >> name >> state;
  return file.good() && state != "Z" && state != "X";
}

/// A shell script as a worker.
class Script {
 public:
  explicit Script(const std::string& text)
      : process_({"/bin/sh", {"ISOFLOP_TEST_SETTING=its own"}}, {"-c", text},
                 log_.descriptor()) {}

  WorkerProcess* operator->() { return &process_; }
  const WorkerLog& log() const { return log_; }

  /// Waits for the end; returns what was printed.
  std::vector<std::string> Output() {
    std::vector<std::string> lines;
    EXPECT_TRUE(WaitFor([&] {
      const bool ended = process_.Ended().has_value();
      for (auto& line : process_.ReadLines()) lines.push_back(std::move(line));
      return ended;
    }));
    return lines;
  }

 private:
  WorkerLog log_;
  WorkerProcess process_;
};

TEST(WorkerProcess, AnswersLineByLine) {
  Script echo("read a; read b; printf '%s\\n%s' \"$a\" \"$b\"; echo; echo end");
  EXPECT_TRUE(echo->Send("one"));
  EXPECT_TRUE(echo->Send("two"));
  EXPECT_THAT(echo.Output(), ElementsAre("one", "two", "end"));
}

TEST(WorkerProcess, KeepsALineUntilItsEndHasCome) {
  Script script("printf par; read go; echo tial");
  pollfd part{script->output(), POLLIN, 0};
  EXPECT_EQ(::poll(&part, 1, /*timeout=*/-1), 1);
  EXPECT_TRUE(script->ReadLines().empty());
  EXPECT_TRUE(script->Send("go"));
  EXPECT_THAT(script.Output(), ElementsAre("partial"));
}

TEST(WorkerProcess, SeesItsInputEnd) {
  Script script("while read line; do :; done; exit 7");
  script->CloseInput();
  script.Output();
  EXPECT_EQ(DescribeEnd(*script->Ended()), "exited with status 7");
}

TEST(WorkerProcess, SendsStandardErrorToTheLog) {
  Script script("echo words >&2");
  script.Output();
  EXPECT_EQ(script.log().Tail(), "words");
}

TEST(WorkerProcess, RunsInTheWorkersEnvironment) {
  const ScopedEnv not_chosen("OMP_WAIT_POLICY", std::nullopt);
  Script script("echo $OMP_WAIT_POLICY; echo $ISOFLOP_TEST_SETTING");
  EXPECT_THAT(script.Output(), ElementsAre("passive", "its own"));
}

TEST(WorkerProcess, LeadsAProcessGroupOfItsOwn) {
  Script script("read go");
  EXPECT_EQ(::getpgid(script->pid()), script->pid());
}

TEST(WorkerProcess, InheritsNoOtherDescriptors) {
  Script first("read go");
  // Were the first one's input open in the second, it would never end.
  Script second("read go");
  first->CloseInput();
  first.Output();
  EXPECT_TRUE(first->Ended().has_value());
  EXPECT_FALSE(second->Ended().has_value());
}

TEST(WorkerProcess, TakesNothingAfterItsDeath) {
  const StopSignals ignores_sigpipe;
  Script script("exit 0");
  script.Output();
  EXPECT_FALSE(script->Send("hello"));
}

TEST(WorkerProcess, HasItsChildrenKilledWithIt) {
  pid_t child = 0;
  {
    Script script("sleep 1000 & echo $!; wait");
    EXPECT_TRUE(WaitFor([&] {
      for (const auto& line : script->ReadLines()) child = std::stoi(line);
      return child != 0;
    }));
  }
  EXPECT_TRUE(WaitFor([&] { return !Runs(child); }));
}

TEST(WorkerProcess, SaysWhichSignalEndedIt) {
  Script script("kill -SEGV $$");
  script.Output();
  EXPECT_EQ(DescribeEnd(*script->Ended()),
            "was killed by SIGSEGV (Segmentation fault)");
}

TEST(WorkerProcess, CannotBeMadeOfAMissingProgram) {
  const WorkerLog log;
  EXPECT_ERROR(WorkerProcess({"/no/such/worker"}, {}, log.descriptor()),
               "/no/such/worker: cannot be started: No such file");
}

TEST(WorkerProcess, EndsEvenWhereTheSystemKeepsNoStatus) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  Script quick("echo done");
  EXPECT_THAT(quick.Output(), ElementsAre("done"));
  EXPECT_EQ(quick->Ended(), kUnknownEnd);
  std::signal(SIGCHLD, before);
  EXPECT_EQ(DescribeEnd(kUnknownEnd), "ended, it is not known how");
}

}  // namespace
}  // namespace isoflop
