// The worker as a program: what it says on its pipes, and what survives when it
// is killed.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/bench_protocol.h"
#include "lib/record/worker_protocol.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

constexpr const char* kProgram = ISOFLOP_BIN_DIR "/isoflop-worker";

/// A worker with its input and output in our hands.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 ||
        ::pipe2(out.data(), O_CLOEXEC) != 0) {
      ADD_FAILURE() << "no pipes";
    }
    arguments.insert(arguments.begin(), kProgram);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::execv(kProgram, argv.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = ::fdopen(out[0], "r");
  }

  ~Process() {
    CloseInput();
    std::fclose(output_);
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Write(const std::string& line) {
    const std::string text = line + "\n";
    EXPECT_EQ(::write(input_, text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  void CloseInput() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
  }

  void Kill(int signal) { ::kill(pid_, signal); }

  /// Returns the next line of output, empty at its end.
  std::string ReadLine() {
    std::string line;
    for (int c = std::fgetc(output_); c != EOF && c != '\n';
         c = std::fgetc(output_)) {
      line.push_back(static_cast<char>(c));
    }
    return line;
  }

  /// Reads events until one of this kind; fails at the end of the output.
  WorkerEvent WaitFor(WorkerEventKind kind) {
    while (true) {
      const std::string line = ReadLine();
      if (line.empty()) {
        ADD_FAILURE() << "no event " << NameOf(kind);
        return {};
      }
      WorkerEvent event = ParseWorkerEvent(line);
      if (event.kind == kind) return event;
    }
  }

  /// Waits for its end; returns the exit status, or minus the signal.
  int Wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

/// Long enough to be caught in the act: several seconds.
Json LongSweepJson() {
  Json json = TinySweepJson();
  json["grid"]["tokens"] = {2560000, 5120000};
  json["training"]["checkpoint_every_seconds"] = 0.2;
  json["training"]["log_every_steps"] = 500;
  return json;
}

std::string CommandFor(TinySweep& sweep) {
  TrainCommand command;
  command.sweep_dir = sweep.dir().root().string();
  command.group = sweep.group().id;
  return ToJson(command).dump();
}

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
