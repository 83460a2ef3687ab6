#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include "apps/isoflop/commands.h"
#include "apps/isoflop/version_text.h"
#include "lib/core/error.h"
#include "lib/core/quote.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

/// Everything that is printed or stored is UTF-8, and arguments go there.
void RefuseArgumentsThatAreNoText(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    Require(IsUtf8(argv[i]), "argument {}: must be UTF-8, got {}", i,
            Quoted(argv[i]));
  }
}

void RefuseUnknownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  if (std::ranges::find(names, argv[1]) != names.end()) return;
  throw Error(fmt::format("there is no command {}{}; there are {}",
                          Quoted(argv[1]), Suggestion(argv[1], names),
                          fmt::join(names, ", ")));
}

/// Returns "isoflop fit", as far as the command line was understood.
std::string CommandName(const CLI::App& app) {
  std::string name = "isoflop";
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    name += " " + command->get_name();
  }
  return name;
}

/// Says what the command line library has to say, help among it.
ExitCode Explain(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  const bool asked_for_help = app.exit(error, out, err) == 0;
  Print(out.view());
  if (asked_for_help) return ExitCode::kOk;
  std::string text = err.str();
  while (text.ends_with('\n')) text.pop_back();
  Say(CommandName(app) + ": " + text);
  return ExitCode::kUsage;
}

ExitCode Main(int argc, char** argv) {
  CLI::App app{"Plan, train and fit scaling-law sweeps."};
  app.set_version_flag("--version", VersionText);
  app.require_subcommand(1);
  app.footer("Example:\n  isoflop sweep sweeps/demo.json -o runs/demo --fit");
  ExitCode exit_code = ExitCode::kOk;
  AddInitCommand(app, &exit_code);
  AddPlanCommand(app, &exit_code);
  AddSweepCommand(app, &exit_code);
  AddStatusCommand(app, &exit_code);
  AddFitCommand(app, &exit_code);
  AddAllocateCommand(app, &exit_code);
  AddNextCommand(app, &exit_code);
  AddCompareCommand(app, &exit_code);
  AddReportCommand(app, &exit_code);
  AddExportCommand(app, &exit_code);
  AddBenchCommand(app, &exit_code);
  AddExperimentsCommand(app, &exit_code);
  AddDataCommand(app, &exit_code);
  AddLogsCommand(app, &exit_code);
  AddCancelCommand(app, &exit_code);
  AddHelpCommands(app, &exit_code);
  try {
    RefuseArgumentsThatAreNoText(argc, argv);
    RefuseUnknownCommand(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Explain(app, error);
  } catch (const Error& error) {
    Say(CommandName(app) + ": " + error.what());
    return ExitCode::kUsage;
  }
  return exit_code;
}

/// Runs the command; says what it had not foreseen.
ExitCode MainOrInternalError(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    Say(fmt::format("isoflop: internal error: {}", error.what()));
    return ExitCode::kInternal;
  }
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  isoflop::OpenStandardStreams();
  // Whoever started us may have it ignored, and then nobody learns how a worker
  // ended.
  std::signal(SIGCHLD, SIG_DFL);
  // A file that grows beyond its limit is then an error that has a name.
  std::signal(SIGXFSZ, SIG_IGN);
  const isoflop::ExitCode status = isoflop::MainOrInternalError(argc, argv);
  const std::string problem = isoflop::OutputProblem();
  if (problem.empty()) return static_cast<int>(status);
  isoflop::Say("isoflop: standard output: cannot write: " + problem);
  return static_cast<int>(isoflop::ExitCode::kInternal);
}
