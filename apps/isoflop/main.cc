#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "apps/isoflop/commands.h"
#include "lib/core/error.h"
#include "lib/core/quote.h"
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
  AddNextCommand(app, &exit_code);
  AddCompareCommand(app, &exit_code);
  AddExportCommand(app, &exit_code);
  AddBenchCommand(app, &exit_code);
  AddExperimentsCommand(app, &exit_code);
  try {
    RefuseArgumentsThatAreNoText(argc, argv);
    RefuseUnknownCommand(app, argc, argv);
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

/// Runs the command; says what it had not foreseen.
int MainOrInternalError(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    // Writing is what failed, and that is said by who asks for it.
    if (std::ferror(stdout) == 0) {
      fmt::print(stderr, "isoflop: internal error: {}\n", error.what());
    }
    return static_cast<int>(ExitCode::kInternal);
  }
}

/// Whether all that was printed has gone where it should.
bool OutputIsWritten() {
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!written) {
    fmt::print(stderr, "isoflop: standard output: cannot write: {}\n",
               std::strerror(errno));
  }
  return written;
}

}  // namespace
}  // namespace isoflop

int main(int argc, char** argv) {
  // Whoever started us may have it ignored, and then nobody learns how a worker
  // ended.
  std::signal(SIGCHLD, SIG_DFL);
  // A file that grows beyond its limit is then an error that has a name.
  std::signal(SIGXFSZ, SIG_IGN);
  const int status = isoflop::MainOrInternalError(argc, argv);
  if (isoflop::OutputIsWritten()) return status;
  return static_cast<int>(isoflop::ExitCode::kInternal);
}
