// `isoflop fit`: estimate scaling laws from a sweep or from anybody's losses.

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "analysis/fit/observation_reader.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/fit_options.h"
#include "apps/isoflop/sweep_fit.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

struct FitCommandArgs {
  std::string input;
  std::string output;
  std::vector<std::string> columns;
  FitArgs fit;
};

SweepFit FitFile(const std::string& path,
                 const std::vector<std::string>& columns,
                 const FitOptions& options) {
  std::vector<ColumnName> names;
  for (const std::string& column : columns) {
    names.push_back(ParseColumnName(column));
  }
  return {FitScalingLaws(ReadObservations(path, names), options), {}};
}

SweepFit FitDirectory(const std::string& path, const FitOptions& options) {
  const SweepDir dir(path);
  const Plan plan = LoadPlan(dir);
  return FitSweep(plan, LoadResults(dir, plan), dir, options);
}

bool IsDirectory(const std::string& path) {
  std::error_code code;
  const bool directory = std::filesystem::is_directory(path, code);
  Require(!code || code == std::errc::no_such_file_or_directory,
          "{}: cannot read: {}", path, code.message());
  return directory;
}

ExitCode RunFit(const FitCommandArgs& args) {
  const FitOptions options = ResolveFitOptions(args.fit);
  const bool directory = IsDirectory(args.input);
  Require(!directory || args.columns.empty(),
          "--column: {} is a sweep directory, whose columns are known",
          args.input);
  const SweepFit fit = directory ? FitDirectory(args.input, options)
                                 : FitFile(args.input, args.columns, options);
  std::filesystem::path output = args.output;
  if (output.empty()) {
    output = directory ? std::filesystem::path(args.input) / "fit.json"
                       : std::filesystem::path("fit.json");
  }
  ReportFit(fit, output);
  return fit.report.usable() ? ExitCode::kOk : ExitCode::kUnsupported;
}

}  // namespace

void AddFitCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<FitCommandArgs>();
  CLI::App* fit = app.add_subcommand(
      "fit", "Fit scaling laws to a sweep, a CSV or a JSON Lines file");
  fit->add_option("input", args->input,
                  "Sweep directory, or file with columns params, tokens, loss")
      ->required();
  fit->add_option("-o,--output", args->output,
                  "Where to write the fit (default: fit.json, in the sweep "
                  "directory if it is one)");
  fit->add_option("--column", args->columns,
                  "What the file calls a column: params=\"Model Size\"");
  AddFitOptions(fit, &args->fit);
  fit->footer(
      "Example:\n  isoflop fit runs.csv --column params=\"Model Size\" "
      "--column flops=\"Training FLOP\"");
  fit->callback([args, exit_code] { *exit_code = RunFit(*args); });
}

}  // namespace isoflop
