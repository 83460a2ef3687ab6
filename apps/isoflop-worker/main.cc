// isoflop-worker: trains what it is told to, in a process of its own. Standard
// output carries JSON lines only (lib/record/worker_protocol.h); everything for
// people goes to standard error.

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/isoflop-worker/command_input.h"
#include "apps/isoflop-worker/exit_status.h"
#include "apps/isoflop-worker/library_environment.h"
#include "apps/isoflop-worker/output.h"
#include "apps/isoflop-worker/serve.h"
#include "apps/isoflop-worker/stop_signals.h"
#include "lib/core/blas_core.h"
#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/mapped_file.h"
#include "lib/core/names.h"
#include "lib/core/standard_streams.h"
#include "lib/model/set_up.h"
#include "lib/record/bench_protocol.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/record/worker_protocol.h"
#include "lib/train/device.h"
#include "lib/train/machine_speed.h"
#include "lib/train/training_speed.h"
#include "lib/train/worker.h"

namespace isoflop {
namespace {

constexpr const char* kUsage =
    R"(isoflop-worker: trains the runs of a sweep directory. isoflop starts it.

usage:
  isoflop-worker serve
      Trains what it is told to on standard input, a JSON command a line, and
      says on standard output how that goes. Groups that it is given at the same
      time it trains at the same time. Stops at a checkpoint when its input
      ends.
  isoflop-worker train SWEEP_DIR GROUP_ID [--device cpu|cuda:N]
      Trains the pending runs of one group, then exits: for batch systems.
  isoflop-worker probe
      Measures this machine and prints what it found as JSON.
  isoflop-worker version
      Prints the versions of this program and of its libraries as JSON.
  isoflop-worker bench
      Reads what to train from standard input, one JSON command, and prints how
      fast that goes as JSON. Stops when its input ends.

example:
  isoflop-worker train runs/demo d32-l2-s0-9a8b7c6d5e4f --device cuda:0

SIGINT, SIGTERM, SIGHUP and SIGUSR2 stop it at a checkpoint.
exit status: 0 done, 1 the device or the program broke down, 2 bad usage or a
device that is not there, 3 the group or a run of it failed or diverged,
75 stopped at a checkpoint, 129/130/143 likewise by SIGHUP, SIGINT, SIGTERM
)";

/// Asks `asked` at most twenty times a second, since it may be a system call.
class RarelyAsked {
 public:
  explicit RarelyAsked(std::function<bool()> asked)
      : asked_(std::move(asked)) {}

  bool operator()() {
    const double now = MonotonicSeconds();
    if (now - last_ < 0.05) return false;
    last_ = now;
    return asked_();
  }

 private:
  std::function<bool()> asked_;
  double last_ = 0.0;
};

int TrainOneGroup(const TrainCommand& command) {
  bool all_ok = true;
  const auto emit = [&](const WorkerEvent& event) {
    Emit(ToJson(event));
    all_ok &= event.kind != WorkerEventKind::kRunEnded ||
              event.status == NameOf(RunStatus::kOk);
  };
  Worker worker(emit, Note, [] { return StopSignal() != 0; });
  const WorkerEvent event = worker.Train(command);
  switch (event.kind) {
    case WorkerEventKind::kStopped:
      return StatusAfterStop();
    case WorkerEventKind::kGroupEnded:
      return all_ok ? kDone : kRunsFailed;
    default:
      Note(fmt::format("{}: {}", event.group, event.reason));
      return kRunsFailed;
  }
}

[[noreturn]] void RefuseUsage(const std::string& what) {
  throw Error(what + "; see isoflop-worker --help");
}

/// What follows `train`.
TrainCommand ParseTrain(std::span<const std::string> arguments) {
  TrainCommand command;
  std::vector<std::string> positional;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--device") {
      if (++i == arguments.size()) RefuseUsage("--device: needs a value");
      command.device = arguments[i];
    } else if (arguments[i].starts_with("-")) {
      RefuseUsage(fmt::format("unknown option \"{}\"", arguments[i]));
    } else {
      positional.push_back(arguments[i]);
    }
  }
  if (positional.size() != 2) {
    RefuseUsage("train: needs a sweep directory and a group id");
  }
  command.sweep_dir = positional[0];
  command.group = positional[1];
  return command;
}

/// What the plan says, which training itself does not need.
std::optional<BlasCore> ChosenCore(const TrainCommand& command) {
  try {
    const auto plan = FindPlan(SweepDir(command.sweep_dir));
    return plan ? plan->blas_core : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The settings for what the front end chose; where it chose nothing, or this
/// processor cannot run it, those for the widest vectors.
std::vector<std::string> SettingsOf(const TrainCommand& command) {
  const auto chosen = ChosenCore(command);
  if (chosen && CpuRuns(*chosen)) return Settings(*chosen);
  if (!LeavesVectorsUnused(OpenBlasCore())) return {};
  return Settings(WidestBlasCore());
}

/// Returns the first line of input, or nothing when there is none or a signal
/// has come.
std::optional<std::string> FirstLine(CommandInput* input) {
  while (StopSignal() == 0) {
    if (auto line = input->NextLine(/*seconds=*/0.25)) return line;
    // The last line may have come with the end.
    if (input->Ended()) return input->NextLine(/*seconds=*/0.0);
  }
  return std::nullopt;
}

int BenchOneCase() {
  CommandInput input(STDIN_FILENO);
  const auto line = FirstLine(&input);
  if (StopSignal() != 0) return StatusAfterStop();
  if (!line) RefuseUsage("bench: needs a command on its input");
  const auto report = MeasureTraining(
      ParseBenchCommand(*line),
      RarelyAsked([&] { return StopSignal() != 0 || input.Ended(); }));
  if (!report) return StatusAfterStop();
  Emit(ToJson(*report));
  return kDone;
}

int Run(const std::vector<std::string>& arguments, char** argv) {
  const std::string verb = arguments.empty() ? "" : arguments[0];
  if (verb == "--help" || verb == "-h" || verb == "help") {
    Print(kUsage);
    return kDone;
  }
  if (verb == "version") {
    Emit(DescribeSoftware());
    return kDone;
  }
  std::optional<TrainCommand> train;
  if (verb == "train") train = ParseTrain(std::span(arguments).subspan(1));
  SettleLibraryEnvironment(
      argv, train ? SettingsOf(*train) : std::vector<std::string>{});
  SetUpComputing();
  if (verb == "probe") {
    Emit(ToJson(MeasureMachine()));
    return kDone;
  }
  CatchStopSignals();
  MappedFile::NameBusErrors();
  if (verb == "serve") return Serve();
  if (verb == "bench") return BenchOneCase();
  if (train) return TrainOneGroup(*train);
  RefuseUsage(fmt::format("unknown command \"{}\"", verb));
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  isoflop::OpenStandardStreams();
  // A file that grows beyond its limit is then an error that has a name.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const int status = isoflop::Run({argv + 1, argv + argc}, argv);
    const std::string problem = isoflop::OutputProblem();
    // What is trained is trained; who asked a question has no answer.
    if (problem.empty() || status != isoflop::kDone) return status;
    isoflop::Note("standard output: cannot write: " + problem);
    return isoflop::kBrokeDown;
  } catch (const std::exception& error) {
    isoflop::EndFor(error);
  }
}
