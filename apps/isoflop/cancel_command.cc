// `isoflop cancel`: ask the sweep command of a directory to stop, as Ctrl-C in
// its terminal would.

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include "apps/isoflop/commands.h"
#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
#include "lib/record/process_identity.h"
#include "lib/record/sweep_status.h"

namespace isoflop {
namespace {

constexpr double kPatienceSeconds = 120.0;

/// Whether the claim of that process is there no more.
bool HasLeft(const SweepDir& dir, const LeaseHolder& asked) {
  const auto now = CurrentHolder(dir.lock_json());
  return !now || now->pid != asked.pid ||
         now->process_start != asked.process_start;
}

void AwaitEnd(const SweepDir& dir, const LeaseHolder& asked) {
  const double begun = MonotonicSeconds();
  while (!HasLeft(dir, asked)) {
    Require(MonotonicSeconds() - begun < kPatienceSeconds,
            "{}: {} was asked to stop {:.0f} seconds ago and is still at work; "
            "to end it at once, which loses what was trained since the last "
            "checkpoint: kill -9 {}",
            dir.root().string(), Describe(asked), kPatienceSeconds, asked.pid);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void Stop(const SweepDir& dir, const LeaseHolder& holder) {
  Require(LivenessOf(holder) == Liveness::kAlive,
          "{}: the sweep command is out of sight from here: {}; stop it there, "
          "with: kill {}",
          dir.root().string(), Describe(holder), holder.pid);
  Require(
      ::kill(static_cast<pid_t>(holder.pid), SIGTERM) == 0 || errno == ESRCH,
      "{}: {} cannot be stopped: {}", dir.root().string(), Describe(holder),
      std::strerror(errno));
  Say(fmt::format("asked {} to stop; it stores checkpoints first",
                  Describe(holder)));
  AwaitEnd(dir, holder);
}

ExitCode RunCancel(const std::string& path) {
  const SweepDir dir(path);
  LoadPlan(dir);  // or says what a sweep directory is
  if (const auto holder = CurrentHolder(dir.lock_json())) {
    Stop(dir, *holder);
  } else {
    Print("no sweep command is at work here\n");
  }
  const SweepStatus status = ReadSweepStatus(dir);
  Print(fmt::format("{}: {} of {} runs ended\n", status.name, status.done(),
                    status.runs));
  if (status.pending > 0) {
    Print(fmt::format("to go on with the others: {}\n", status.go_on));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddCancelCommand(CLI::App& app, ExitCode* exit_code) {
  auto dir = std::make_shared<std::string>();
  CLI::App* cancel = app.add_subcommand(
      "cancel", "Stop the sweep command of a directory; nothing is lost");
  cancel->add_option("dir", *dir, "Sweep directory")->required();
  cancel->footer("Example:\n  isoflop cancel runs/demo");
  cancel->callback([dir, exit_code] { *exit_code = RunCancel(*dir); });
}

}  // namespace isoflop
