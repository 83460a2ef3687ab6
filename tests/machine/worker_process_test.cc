#include "lib/machine/worker_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/machine/signals.h"
#include "lib/machine/worker_log.h"
#include "tests/machine/runs.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_error.h"
#include "tests/support/scoped_env.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

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

TEST(WorkerProcess, DiesWithItsParentBeforeItWatchesItsInput) {
  int pids[2];
  ASSERT_EQ(::pipe(pids), 0);
  ChildProcess parent([&]() -> int {
    Script spins("trap '' HUP TERM; while :; do :; done");
    const pid_t pid = spins->pid();
    if (::write(pids[1], &pid, sizeof pid) != sizeof pid) return 1;
    while (true) ::pause();
  });
  pid_t pid = 0;
  ASSERT_EQ(::read(pids[0], &pid, sizeof pid),
            static_cast<ssize_t>(sizeof pid));
  EXPECT_TRUE(Runs(pid));
  parent.Kill(SIGKILL);
  parent.Wait();
  EXPECT_TRUE(WaitFor([&] { return !Runs(pid); }));
  ::close(pids[0]);
  ::close(pids[1]);
}

TEST(WorkerProcess, MayBeStartedWithStandardDescriptorsClosed) {
  ChildProcess child([] {
    const WorkerLog log;
    for (const int descriptor : {0, 1, 2}) ::close(descriptor);
    WorkerProcess echo({"/bin/sh"}, {"-c", "read a; echo $a; echo b >&2"},
                       log.descriptor());
    echo.Send("one");
    std::vector<std::string> lines;
    WaitFor([&] {
      const bool ended = echo.Ended().has_value();
      for (auto& line : echo.ReadLines()) lines.push_back(std::move(line));
      return ended;
    });
    const bool right =
        lines == std::vector<std::string>{"one"} && log.Tail() == "b";
    return right ? 0 : 1;
  });
  EXPECT_EQ(child.Wait(), 0);
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

TEST(EndedFromOutside, TellsCausesThatPassFromCrashes) {
  for (const int signal : {SIGKILL, SIGTERM, SIGHUP, SIGBUS, SIGXCPU}) {
    EXPECT_TRUE(EndedFromOutside(W_EXITCODE(0, signal))) << signal;
  }
  for (const int status : {2, 75, 129, 130, 143}) {
    EXPECT_TRUE(EndedFromOutside(W_EXITCODE(status, 0))) << status;
  }
  for (const int signal : {SIGSEGV, SIGABRT, SIGILL, SIGFPE}) {
    EXPECT_FALSE(EndedFromOutside(W_EXITCODE(0, signal))) << signal;
  }
  for (const int status : {0, 1, 3, 127}) {
    EXPECT_FALSE(EndedFromOutside(W_EXITCODE(status, 0))) << status;
  }
  EXPECT_FALSE(EndedFromOutside(kUnknownEnd));
}

TEST(WorkerProcess, CannotBeMadeOfAMissingProgram) {
  const WorkerLog log;
  EXPECT_ERROR(WorkerProcess({"/no/such/worker"}, {}, log.descriptor()),
               "/no/such/worker: cannot be started: No such file");
}

TEST(WorkerProcess, NamesTheLimitWhereThereAreNoDescriptorsLeft) {
  ChildProcess child([] {
    const WorkerLog log;
    const rlimit limit{8, 8};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    while (::open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
    }
    errno = ENOENT;
    try {
      const WorkerProcess worker({"/bin/true"}, {}, log.descriptor());
      return 1;
    } catch (const Error& error) {
      const std::string what = error.what();
      const bool named = what.find("ulimit -n") != std::string::npos;
      return named ? 0 : 2;
    }
  });
  EXPECT_EQ(child.Wait(), 0);
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
