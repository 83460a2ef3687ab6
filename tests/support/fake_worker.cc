// isoflop-worker without LibTorch, for tests. See fake_worker.h.

#include "tests/support/fake_worker.h"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/hash.h"
#include "lib/core/process_end.h"
#include "lib/core/random.h"
#include "lib/core/seal.h"
#include "lib/record/bench_protocol.h"
#include "lib/record/group_status.h"
#include "lib/record/lease.h"
#include "lib/record/metrics.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/record/worker_protocol.h"
#include "lib/sweep/group_cost.h"
#include "lib/sweep/plan_from_json.h"
#include "tests/support/fake_law.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

// Nobody needs a longer curve from a fake.
constexpr std::int64_t kLinesPerPhase = 8;

constexpr int kPollMilliseconds = 20;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

double NumberOr(const char* name, double fallback) {
  const std::string text = Variable(name);
  return text.empty() ? fallback : std::stod(text);
}

void Sleep(double seconds) {
  if (seconds > 0.0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
}

/// Thrown to leave a group from wherever we are in it.
struct StopAtCheckpoint {};
struct GiveUpGroup {
  WorkerEvent last_word;
};

/// Set when the groups in work are to stop at a checkpoint.
std::atomic<bool> stopping = false;

/// Set when a group has.
std::atomic<bool> any_stopped = false;

/// Tokens of the micro-batches in work.
std::atomic<std::int64_t> in_use = 0;

/// Commands. Input is read by hand: a buffered reader would hide from poll what
/// it has read already.
class CommandInput {
 public:
  /// Returns the next line, waiting for it; nothing at the end, or when all is
  /// to stop.
  std::optional<std::string> NextLine() {
    while (!stopping) {
      const auto end = text_.find('\n');
      if (end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
      }
      pollfd ready{STDIN_FILENO, POLLIN, 0};
      if (::poll(&ready, 1, kPollMilliseconds) == 1 && !ReadMore()) break;
    }
    return std::nullopt;
  }

  /// Whether the input has ended; never waits.
  bool Ended() {
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    return ended_ || (::poll(&ready, 1, 0) == 1 && !ReadMore());
  }

 private:
  bool ReadMore() {
    char bytes[4096];
    const ssize_t n = ::read(STDIN_FILENO, bytes, sizeof bytes);
    ended_ = n <= 0;
    if (!ended_) text_.append(bytes, static_cast<std::size_t>(n));
    return !ended_;
  }

  std::string text_;
  bool ended_ = false;
};

void Say(const WorkerEvent& event) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  fmt::print("{}\n", ToJson(event).dump());
  std::fflush(stdout);
}

/// Makes every write to a file beyond `bytes` an error.
void LimitFileSizes(rlim_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

/// The same number for the same text, standard normal.
double NoiseOf(const std::string& text) {
  const std::string digits = Sha256Hex(text).substr(0, 15);
  return RandomStream(std::stoull(digits, nullptr, 16)).Normal();
}

/// Trains one group, as far as anybody outside can see.
class FakeTraining {
 public:
  explicit FakeTraining(const TrainCommand& command)
      : command_(command),
        dir_(command.sweep_dir),
        group_(RunGroupFromJson(
            ReadSealedFile(dir_.group(command.group) / "group.json"),
            "group.json")),
        lease_(AcquireLease()) {}
  ~FakeTraining() { in_use -= MicroBatch(); }
  FakeTraining(const FakeTraining&) = delete;
  FakeTraining& operator=(const FakeTraining&) = delete;

  void Train() {
    RequireMemory();  // which the destructor gives back
    const auto pending = PendingRuns(dir_, group_);
    std::int64_t trunk_step = TrunkCheckpoint();
    for (const PlannedRun& run : pending) {
      TrainTrunk(trunk_step, run.branch_step);
      trunk_step = std::max(trunk_step, run.branch_step);
      TrainBranch(run);
    }
  }

 private:
  /// Waits while a worker of a front end that was killed still finishes.
  Lease AcquireLease() {
    while (true) {
      LeaseHolder holder;
      auto lease =
          Lease::Acquire(dir_.group(group_.id) / "lease.json", &holder);
      if (lease) return std::move(*lease);
      if (stopping) throw StopAtCheckpoint{};
      Sleep(0.02);
    }
  }

  /// Groups of the same process share its memory.
  void RequireMemory() {
    const auto fits = NumberOr("ISOFLOP_FAKE_FITS", 1e18);
    if (static_cast<double>(in_use += MicroBatch()) <= fits) return;
    WorkerEvent event = Event(WorkerEventKind::kGroupFailed);
    event.reason = fmt::format("cannot hold {} tokens", MicroBatch());
    event.out_of_memory = true;
    throw GiveUpGroup{event};
  }

  std::int64_t MicroBatch() const {
    return command_.micro_batch_tokens.value_or(group_.training.batch_tokens);
  }

  WorkerEvent Event(WorkerEventKind kind) const {
    WorkerEvent event;
    event.kind = kind;
    event.group = group_.id;
    return event;
  }

  fs::path CheckpointPath() const {
    return dir_.group(group_.id) / "checkpoint.json";
  }

  std::int64_t TrunkCheckpoint() const {
    if (!fs::exists(CheckpointPath())) return 0;
    return ReadJsonFile(CheckpointPath())["step"].get<std::int64_t>();
  }

  void TrainTrunk(std::int64_t from, std::int64_t to) {
    if (from >= to) return;
    TrainSteps(dir_.group(group_.id) / "metrics.jsonl", "", from, from, to);
  }

  void TrainBranch(const PlannedRun& run) {
    MakeDirectory(dir_.run(run.id));
    TrainSteps(dir_.run(run.id) / "metrics.jsonl", run.id, 0, run.branch_step,
               run.steps);
    StoreResult(dir_, Result(run, Diverges(run.id)));
    AppendFile(dir_.logs() / "ended.log").AppendLine(run.id);
    WorkerEvent event = Event(WorkerEventKind::kRunEnded);
    event.run = run.id;
    event.status = NameOf(Result(run, Diverges(run.id)).status);
    event.loss = LossAt(run.steps);
    Say(event);
  }

  void TrainSteps(const fs::path& metrics, const std::string& run,
                  std::int64_t resume, std::int64_t from, std::int64_t to) {
    MetricsLog log(metrics, resume);
    const std::int64_t stride =
        std::max(group_.training.log_every_steps,
                 (to - from + kLinesPerPhase - 1) / kLinesPerPhase);
    for (std::int64_t step = from; step < to;) {
      step = std::min(step + stride, to);
      Strike(run.empty() ? group_.id : run, step);
      Sleep(NumberOr("ISOFLOP_FAKE_SLEEP", 0.0));
      log.Append(LineAt(step));
      Report(run, step);
      if (stopping || !lease_.Beat()) throw StopAtCheckpoint{};
    }
  }

  double LossAt(std::int64_t step) const {
    const auto D = static_cast<double>(step * group_.training.batch_tokens);
    return FakeLaw().Loss(static_cast<double>(group_.params.total), D);
  }

  MetricsLine LineAt(std::int64_t step) const {
    MetricsLine line;
    line.step = step;
    line.tokens = step * group_.training.batch_tokens;
    line.train_loss = LossAt(step);
    line.lr = group_.training.peak_lr;
    line.grad_norm = 1.0;
    line.tokens_per_second = 1e5;
    return line;
  }

  void Report(const std::string& run, std::int64_t step) {
    WorkerEvent event = Event(WorkerEventKind::kProgress);
    event.run = run;
    event.tokens_done = step * group_.training.batch_tokens;
    event.loss = LossAt(step);
    event.tokens_per_second = 1e5;
    Say(event);
    // Syncing to the disk is what a fake spends its time on.
    if (step / group_.training.log_every_steps % 4 != 0) return;
    GroupStatus status;
    status.run = run;
    status.step = step;
    status.tokens_done = event.tokens_done;
    status.tokens_total = TokensTrained(group_);
    status.train_loss = event.loss;
    status.tokens_per_second = event.tokens_per_second;
    StoreGroupStatus(dir_, group_.id, status);
    if (run.empty()) WriteJsonFile(CheckpointPath(), {{"step", step}});
  }

  RunResult Result(const PlannedRun& run, bool diverged) const {
    const double noise = NumberOr("ISOFLOP_FAKE_NOISE", 0.002);
    RunResult result = ResultFor(group_, run);
    result.status = diverged ? RunStatus::kDiverged : RunStatus::kOk;
    if (diverged) result.reason = "loss 9.9 is far above its minimum";
    result.loss = LossAt(run.steps) + noise * NoiseOf(run.id);
    result.loss_std_error = noise;
    result.train_loss = LossAt(run.steps);
    result.wall_seconds = 1.0;
    result.tokens_per_second = 1e5;
    result.device =
        Json{{"kind", command_.device}, {"name", "fake"}, {"threads", 1}};
    result.software = Json{{"isoflop", "fake"}, {"libtorch", "none"}};
    return result;
  }

  /// Whether the fault is to strike here; counts how often it has.
  bool StrikesAt(const std::string& id, std::int64_t step) const {
    const std::string device = Variable("ISOFLOP_FAKE_DEVICE");
    if (id.find(Variable("ISOFLOP_FAKE_RUN")) == std::string::npos)
      return false;
    if (!device.empty() && device != command_.device) return false;
    const double times = NumberOr("ISOFLOP_FAKE_TIMES", 1e9);
    const double stride = NumberOr("ISOFLOP_FAKE_STRIDE", 0.0);
    for (int i = 0; i < static_cast<int>(std::min(times, 1000.0)); ++i) {
      if (static_cast<double>(step) < stride * (i + 1)) return false;
      const fs::path mark = dir_.logs() / fmt::format("fault-{}", i);
      if (CreateFileExclusively(mark, "")) return true;
    }
    return times > 1000.0;
  }

  static Fault ChosenFault() {
    return FromName<Fault>(Variable("ISOFLOP_FAKE_FAULT")).value();
  }

  bool Diverges(const std::string& id) const {
    return ChosenFault() == Fault::kDiverge &&
           id.find(Variable("ISOFLOP_FAKE_RUN")) != std::string::npos;
  }

  /// A signal to the process may come to another thread, and later: this one
  /// must not go on until then.
  [[noreturn]] static void DieOf(int signal) {
    ::kill(::getpid(), signal);
    while (true) ::pause();
  }

  void Strike(const std::string& id, std::int64_t step) const {
    const Fault fault = ChosenFault();
    if (fault == Fault::kNone || fault == Fault::kDiverge) return;
    if (!StrikesAt(id, step)) return;
    switch (fault) {
      case Fault::kKill:
        DieOf(SIGKILL);
      case Fault::kSegv:
        fmt::print(stderr, "first line\nsomething is out of bounds\n");
        ::signal(SIGSEGV, SIG_DFL);
        DieOf(SIGSEGV);
      case Fault::kExit:
        ::_exit(3);
      case Fault::kHang:
        while (true) ::pause();
      case Fault::kFail: {
        WorkerEvent event = Event(WorkerEventKind::kGroupFailed);
        event.reason = "the data have moved away";
        throw GiveUpGroup{event};
      }
      case Fault::kLie:
        throw GiveUpGroup{Event(WorkerEventKind::kGroupEnded)};
      case Fault::kStop:
        throw StopAtCheckpoint{};
      case Fault::kGarbage:
        fmt::print("[W] a library says \xff\xfe hello\n{{\"event\": 7}}\n");
        break;
      case Fault::kFillDisk:
        LimitFileSizes(0);
        break;
      case Fault::kNone:
      case Fault::kDiverge:
        break;
    }
  }

  TrainCommand command_;
  SweepDir dir_;
  RunGroup group_;
  Lease lease_;
};

/// A worker that has stopped takes the others with it.
void Obey(const TrainCommand& command) {
  WorkerEvent last_word;
  last_word.kind = WorkerEventKind::kGroupEnded;
  last_word.group = command.group;
  try {
    FakeTraining(command).Train();
  } catch (const StopAtCheckpoint&) {
    last_word.kind = WorkerEventKind::kStopped;
  } catch (const GiveUpGroup& given_up) {
    last_word = given_up.last_word;
  } catch (const Error& error) {
    last_word.kind = WorkerEventKind::kGroupFailed;
    last_word.reason = error.what();
  }
  LimitFileSizes(RLIM_INFINITY);
  if (last_word.kind == WorkerEventKind::kStopped) {
    any_stopped = true;
    stopping = true;
  }
  Say(last_word);
}

/// Trains every group in a thread of its own, as the real one does.
int Serve() {
  OutliveParent();
  CommandInput input;
  std::vector<std::jthread> groups;
  while (const auto line = input.NextLine()) {
    groups.emplace_back(Obey, ParseTrainCommand(*line));
  }
  stopping = true;
  groups.clear();
  return any_stopped ? 75 : 0;
}

int PrintVersion() {
  fmt::print("{}\n",
             Json({{"libtorch", "9.9 (fake)"}, {"blas", "none"}}).dump());
  return 0;
}

int PrintProbe() {
  ProbeReport report;
  report.libtorch = "none (fake)";
  report.cpu = "fake";
  report.cpu_threads = 2;
  report.arithmetic = {{"libtorch", Variable("ISOFLOP_FAKE_LIBTORCH")}};
  report.bf16_right = Variable("ISOFLOP_FAKE_BF16") != "wrong";
  report.blas_core = Variable("ISOFLOP_FAKE_BLAS_CORE");
  report.fp32_flops_per_second = 1e11;
  if (const std::string told = Variable("OPENBLAS_CORETYPE");
      !report.blas_core.empty() && !told.empty()) {
    report.blas_core = told;
    report.fp32_flops_per_second = 3e11;
  }
  report.bf16_flops_per_second = 2e11;
  report.operation_seconds = 2e-6;
  const double speedup = NumberOr("ISOFLOP_FAKE_SPEEDUP", 0.0);
  if (speedup > 0.0) report.bf16_speedup = speedup;
  for (int i = 0; i < static_cast<int>(NumberOr("ISOFLOP_FAKE_CUDA", 0)); ++i) {
    report.cuda.push_back({.name = fmt::format("cuda:{}", i),
                           .model = "fake",
                           .memory_bytes = 8e10,
                           .fp32_flops_per_second = 5e13,
                           .bf16_flops_per_second = 7e14});
  }
  fmt::print("{}\n", ToJson(report).dump(2));
  return 0;
}

/// Says the same speed of everything, unless the fault is to hang or to exit.
int PrintBench() {
  CommandInput input;
  const auto line = input.NextLine();
  if (!line) return 2;
  const BenchCommand command = ParseBenchCommand(*line);
  const auto fault = FromName<Fault>(Variable("ISOFLOP_FAKE_FAULT")).value();
  while (fault == Fault::kHang && !input.Ended()) Sleep(0.02);
  if (fault == Fault::kExit) {
    fmt::print(stderr, "the fan has stopped\n");
    return 3;
  }
  BenchReport report{
      .tokens_per_second = {.median = 1e5, .low = 9e4, .high = 1.1e5},
      .matmul_flops_per_second = {.median = 1e11, .low = 9e10, .high = 1e11},
      .peak_memory_bytes = 1e8,
      .device = {{"kind", command.device}, {"name", "fake"}},
      .software = {{"isoflop", "fake"}, {"libtorch", "none"}},
      .profile = {}};
  if (command.profile) report.profile = {{"pass", 1.5, 0.75}};
  fmt::print("{}\n", ToJson(report).dump());
  return 0;
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  const std::string verb = argc == 2 ? argv[1] : "";
  if (verb == "probe") return isoflop::PrintProbe();
  if (verb == "version") return isoflop::PrintVersion();
  if (verb == "serve") return isoflop::Serve();
  if (verb == "bench") return isoflop::PrintBench();
  fmt::print(stderr, "usage: isoflop-worker serve | probe | bench\n");
  return 2;
}
