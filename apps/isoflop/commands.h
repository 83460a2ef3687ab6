// The subcommands of `isoflop`, each in a file of its own: struct, set-up, run.

#pragma once

#include <CLI/CLI.hpp>

namespace isoflop {

/// What the process returns to the shell; see docs/files.md.
enum class ExitCode {
  kOk = 0,
  kInternal = 1,       // or standard output cannot be written
  kUsage = 2,          // bad usage or bad input
  kIncomplete = 3,     // finished, but some runs failed or diverged, or could
                       // not be trained for a cause that may pass
  kUnsupported = 4,    // the data cannot support the fit
  kHungUp = 129,       // SIGHUP (the terminal is gone), state intact
  kInterrupted = 130,  // SIGINT, state intact
  kTerminated = 143,   // SIGTERM, state intact
};

/// The status after SIGHUP, SIGINT or SIGTERM.
constexpr ExitCode StoppedBy(int signal) {
  return static_cast<ExitCode>(128 + signal);
}

/// Each adds one subcommand to `app`; running it sets `*exit_code`.
void AddInitCommand(CLI::App& app, ExitCode* exit_code);
void AddPlanCommand(CLI::App& app, ExitCode* exit_code);
void AddSweepCommand(CLI::App& app, ExitCode* exit_code);
void AddStatusCommand(CLI::App& app, ExitCode* exit_code);
void AddFitCommand(CLI::App& app, ExitCode* exit_code);
void AddAllocateCommand(CLI::App& app, ExitCode* exit_code);
void AddNextCommand(CLI::App& app, ExitCode* exit_code);
void AddCompareCommand(CLI::App& app, ExitCode* exit_code);
void AddReportCommand(CLI::App& app, ExitCode* exit_code);
void AddExportCommand(CLI::App& app, ExitCode* exit_code);
void AddBenchCommand(CLI::App& app, ExitCode* exit_code);
void AddExperimentsCommand(CLI::App& app, ExitCode* exit_code);
void AddDataCommand(CLI::App& app, ExitCode* exit_code);
void AddLogsCommand(CLI::App& app, ExitCode* exit_code);
void AddCancelCommand(CLI::App& app, ExitCode* exit_code);

/// Adds `help`, `completion` and `man`, which look at every command that is
/// there when they run.
void AddHelpCommands(CLI::App& app, ExitCode* exit_code);

}  // namespace isoflop
