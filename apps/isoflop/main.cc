#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "apps/isoflop/commands.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

int Main(int argc, char** argv) {
  CLI::App app{"Plan, train and fit scaling-law sweeps."};
  app.set_version_flag("--version", ISOFLOP_VERSION);
  app.require_subcommand(1);
  app.footer("Example:\n  isoflop sweep sweeps/demo.json -o runs/demo --fit");
  ExitCode exit_code = ExitCode::kOk;
  AddPlanCommand(app, &exit_code);
  AddSweepCommand(app, &exit_code);
  AddStatusCommand(app, &exit_code);
  AddFitCommand(app, &exit_code);
  AddAllocateCommand(app, &exit_code);
  AddExportCommand(app, &exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = app.exit(error) == 0;
    exit_code = asked_for_help ? ExitCode::kOk : ExitCode::kUsage;
  } catch (const Error& error) {
    fmt::print(stderr, "isoflop: {}\n", error.what());
    exit_code = ExitCode::kUsage;
  }
  return static_cast<int>(exit_code);
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  // Whoever started us may have it ignored, and then nobody learns how a worker
  // ended.
  std::signal(SIGCHLD, SIG_DFL);
  try {
    return isoflop::Main(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "isoflop: internal error: {}\n", error.what());
    return static_cast<int>(isoflop::ExitCode::kInternal);
  }
}
