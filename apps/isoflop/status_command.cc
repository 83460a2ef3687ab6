// `isoflop status`: how a sweep stands, from its directory alone.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "apps/isoflop/commands.h"
#include "apps/isoflop/status_text.h"
#include "lib/core/standard_streams.h"
#include "lib/record/sweep_status.h"

namespace isoflop {
namespace {

struct StatusArgs {
  std::string dir;
  bool json = false;
  bool watch = false;
};

void Show(const SweepStatus& status, bool json) {
  Print(json ? ReadableText(ToJson(status)) : StatusText(status));
}

ExitCode ShowStatus(const StatusArgs& args) {
  const SweepDir dir(args.dir);
  SweepStatus status = ReadSweepStatus(dir);
  Show(status, args.json);
  const bool redraw = !args.json && ::isatty(STDOUT_FILENO) == 1;
  while (args.watch && status.done() < status.runs) {
    FlushOutput();
    std::this_thread::sleep_for(std::chrono::seconds(2));
    status = ReadSweepStatus(dir);
    if (redraw) WriteToTerminal(STDOUT_FILENO, "\x1b[H\x1b[2J");
    Show(status, args.json);
  }
  const bool stopped =
      std::ranges::any_of(status.groups, [](const GroupProgress& group) {
        return group.state == GroupState::kStopped && !group.cause.empty();
      });
  const bool all_well = status.ended_badly.empty() && !stopped;
  return all_well ? ExitCode::kOk : ExitCode::kIncomplete;
}

}  // namespace

void AddStatusCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<StatusArgs>();
  CLI::App* status = app.add_subcommand("status", "Show how a sweep stands");
  status->add_option("dir", args->dir, "Sweep directory")->required();
  status->add_flag("--json", args->json, "Print the status as JSON");
  status->add_flag("--watch", args->watch,
                   "Show it again every two seconds until all runs ended");
  status->footer("Example:\n  isoflop status runs/demo --watch");
  status->callback([args, exit_code] { *exit_code = ShowStatus(*args); });
}

}  // namespace isoflop
