// `isoflop logs`: what is known of one run, and what workers wrote.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "apps/isoflop/commands.h"
#include "apps/isoflop/run_log_text.h"
#include "lib/core/standard_streams.h"
#include "lib/record/run_log.h"

namespace isoflop {
namespace {

struct LogsArgs {
  std::string dir;
  std::string run;
  std::int64_t lines = 20;
};

ExitCode RunLogs(const LogsArgs& args) {
  const SweepDir dir(args.dir);
  const auto lines = static_cast<std::size_t>(args.lines);
  if (args.run.empty()) {
    LoadPlan(dir);  // or says what a sweep directory is
    Print(WorkerLogsText(ReadWorkerLogs(dir), lines));
  } else {
    Print(RunLogText(ReadRunLog(dir, args.run), lines));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddLogsCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<LogsArgs>();
  CLI::App* logs = app.add_subcommand(
      "logs", "Show the curve of a run, how it ended and what was written");
  logs->add_option("dir", args->dir, "Sweep directory")->required();
  logs->add_option("run", args->run,
                   "Id of a run, or a part of it that no other has; without "
                   "it, what the workers wrote");
  logs->add_option("--lines", args->lines,
                   "How many lines to show, the last ones")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  logs->footer(
      "Examples:\n  isoflop logs runs/demo d32-l2-D1.24M\n"
      "  isoflop logs runs/demo --lines 100");
  logs->callback([args, exit_code] { *exit_code = RunLogs(*args); });
}

}  // namespace isoflop
