#include "lib/execute/execution.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

// A lease has to beat and a display to move though no worker says anything.
constexpr int kTickMilliseconds = 100;
// The end of a process is no event that poll knows, and somebody waits for it.
constexpr int kReapMilliseconds = 5;
constexpr double kFarewellSeconds = 2.0;  // for idle workers to exit
constexpr double kLookSeconds = 0.5;      // between looks at the directory

}  // namespace

Execution::Execution(const SweepDir& dir, const Plan& plan,
                     const ExecuteOptions& options, Progress& progress)
    : dir_(dir),
      plan_(plan),
      options_(options),
      progress_(progress),
      lock_(LockSweepDir(
          dir, [&progress](const std::string& note) { progress.Note(note); })),
      tally_(dir, plan, options.retry_failed),
      clock_(plan, options.cost, options.slots) {
  MakeDirectories(dir.logs());
  MakeSlots();
  FillQueue();
}

ExecuteSummary Execution::Run() {
  while (!Finished()) {
    AssignGroups();
    Wait();
    HandleSignals();
    for (const auto& worker : workers_) Serve(worker.get());
    EnforceStop();
    KeepLock();
    progress_.Show(State());
  }
  DismissWorkers();
  if (!LosesDirectory()) {
    LeaveWhatBroke();
    RecordCauses();
  }
  progress_.Finish(State());
  Require(lost_.empty(), "{}", lost_);
  const std::vector<std::string> vanished = tally_.Vanished();
  Require(vanished.empty(),
          "{}: {} in this sweep, but {} there no more: {}; the same command "
          "trains again what is missing",
          (dir_.root() / "runs").string(),
          vanished.size() == 1
              ? "1 run has ended"
              : fmt::format("{} runs have ended", vanished.size()),
          vanished.size() == 1 ? "its result is" : "their results are",
          ShortList(vanished, 3));
  return Summary();
}

bool Execution::Finished() const {
  const bool busy = std::ranges::any_of(
      slots_, [](const auto& slot) { return slot->busy(); });
  if (busy) return false;
  // Groups that no device is left for stay pending: the same command tries them
  // again.
  const bool usable = std::ranges::any_of(slots_, [this](const auto& slot) {
    return !faults_.health().Retired(slot->device());
  });
  return stop_ != Stop::kNo || queue_.empty() || !usable;
}

void Execution::Wait() {
  std::vector<pollfd> ready{{signals_.descriptor(), POLLIN, 0}};
  bool to_be_reaped = false;
  for (const auto& worker : workers_) {
    if (worker->output() >= 0) {
      ready.push_back({worker->output(), POLLIN, 0});
    } else if (worker->has_process()) {
      to_be_reaped = true;
    }
  }
  ::poll(ready.data(), ready.size(),
         to_be_reaped ? kReapMilliseconds : kTickMilliseconds);
}

void Execution::HandleSignals() {
  for (const int signal : signals_.Take()) {
    if (!summary_.signal) {
      summary_.signal = signal;
      BeginStop(Stop::kAtCheckpoint);
    } else if (signal != SIGHUP) {
      // SIGHUP comes twice from one terminal: of the kernel and of the shell.
      BeginStop(Stop::kNow);
    }
  }
}

void Execution::KeepLock() {
  if (!lost_.empty() || MonotonicSeconds() - looked_at_ < kLookSeconds) return;
  looked_at_ = MonotonicSeconds();
  if (LosesDirectory() || lock_.Beat()) return;
  // Whoever has taken it over will train these groups; no two may write one.
  lost_ = lock_.loss() == LeaseLoss::kTakenOver
              ? dir_.root().string() +
                    ": another front end has taken this directory over; stopped"
              : dir_.root().string() +
                    ": was moved or emptied while the sweep was running: its "
                    "lock is gone";
  BeginStop(Stop::kAtCheckpoint);
}

/// What is gone is said once, and workers have no place for a checkpoint.
bool Execution::LosesDirectory() {
  if (!lost_.empty()) return true;
  lost_ = LossOf(dir_);
  if (lost_.empty()) return false;
  BeginStop(Stop::kNow);
  return true;
}

void Execution::BeginStop(Stop stop) {
  // There is no way back to a gentler stop.
  if (stop <= stop_) return;
  if (stop_ == Stop::kNo) stop_began_ = MonotonicSeconds();
  stop_ = stop;
  for (const auto& worker : workers_) worker->AskToStop();
}

void Execution::EnforceStop() {
  if (stop_ == Stop::kNo) return;
  const bool patient =
      MonotonicSeconds() - stop_began_ < options_.stop_grace_seconds;
  if (stop_ == Stop::kAtCheckpoint && patient) return;
  // What is lost is what came after the last checkpoints.
  for (const auto& worker : workers_) worker->Discard();
  for (const auto& slot : slots_) {
    if (slot->busy()) PutAside(slot->End());
  }
}

void Execution::DismissWorkers() {
  for (const auto& worker : workers_) worker->AskToStop();
  const double start = MonotonicSeconds();
  const auto any_left = [this] {
    return std::ranges::any_of(
        workers_, [](const auto& worker) { return !worker->Ended(); });
  };
  while (any_left() && MonotonicSeconds() - start < kFarewellSeconds) {
    ::poll(nullptr, 0, kReapMilliseconds);
  }
  // A worker that is still there is killed with its object.
  slots_.clear();
  workers_.clear();
}

void Execution::Say(const std::string& message) {
  summary_.messages.push_back(message);
  progress_.Note(message);
}

SweepProgress Execution::State() {
  // The tally tells nobody anything: from here its notes reach people.
  for (; notes_said_ < tally_.notes().size(); ++notes_said_) {
    Say(tally_.notes()[notes_said_]);
  }
  SweepProgress state;
  state.runs = tally_.runs();
  state.ok = tally_.ok();
  state.diverged = tally_.diverged();
  state.failed = tally_.failed();
  state.stopping = stop_ != Stop::kNo;
  std::vector<WorkLeft> busy;
  for (const auto& slot : slots_) {
    state.slots.push_back(slot->progress());
    if (slot->busy()) busy.push_back(slot->work_left());
  }
  clock_.Read({.queue = queue_, .busy = std::move(busy), .aside = aside_},
              &state);
  return state;
}

ExecuteSummary Execution::Summary() {
  summary_.runs = tally_.runs();
  summary_.ok = tally_.ok();
  summary_.diverged = tally_.diverged();
  summary_.failed = tally_.failed();
  summary_.pending =
      summary_.runs - summary_.ok - summary_.diverged - summary_.failed;
  summary_.wall_seconds = clock_.ElapsedSeconds();
  return summary_;
}

}  // namespace isoflop
