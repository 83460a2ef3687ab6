// `isoflop export`: everything about a sweep in one file.

#include <fmt/core.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "analysis/observe/sweep_observations.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/results.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/sweep_fit.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/files.h"
#include "lib/core/names.h"

namespace isoflop {
#include "lib/core/printable.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"

enum class ExportFormat { kJson, kJsonLines, kCsv };
constexpr std::array<NamedValue<ExportFormat>, 3> EnumNames(ExportFormat) {
  return {{{ExportFormat::kJson, "json"},
           {ExportFormat::kJsonLines, "jsonl"},
           {ExportFormat::kCsv, "csv"}}};
}

namespace {

struct ExportArgs {
  std::string dir;
  std::string output;
  std::string format = "json";
};

/// Whether `fit` was made from so many runs, as far as it tells.
bool IsCurrent(const Json& fit, std::size_t runs) {
  if (!fit.is_object()) return false;
  const Json read = fit.value(Json::json_pointer("/observations/read"), Json());
  return read.is_number() && read.get<double>() == static_cast<double>(runs);
}

/// The fit that the directory has, unless runs have ended since; then a fresh
/// one. None without runs.
std::optional<Json> FitOf(const SweepDir& dir, const Plan& plan,
                          const std::vector<RunResult>& runs) {
  const std::size_t fitted =
      SweepObservations(plan, runs, ReadJsonFile(dir.sweep_json())).rows.size();
  if (fitted == 0) return std::nullopt;
  const std::filesystem::path file = dir.root() / "fit.json";
  std::error_code code;
  if (std::filesystem::exists(file, code) || code) {
    Json stored = ReadJsonFile(file);
    if (IsCurrent(stored, fitted)) return stored;
  }
  const SweepFit fit = FitSweep(plan, runs, dir, {});
  return ToJson(fit.report, fit.exact);
}

std::string Content(ExportFormat format, const SweepDir& dir) {
  const Plan plan = LoadPlan(dir);
  std::vector<RunResult> runs = LoadResults(dir, plan);
  if (format == ExportFormat::kCsv) return RunsCsv(plan, runs);
  if (format == ExportFormat::kJsonLines) {
    return PrintableJson(RunsJsonLines(plan, runs));
  }
  SweepResults results{.sweep = ReadJsonFile(dir.sweep_json()),
                       .plan = plan,
                       .runs = runs,
                       .fit = FitOf(dir, plan, runs)};
  return ReadableText(ResultsJson(results));
}

ExitCode RunExport(const ExportArgs& args) {
  const auto format = *FromName<ExportFormat>(args.format);
  const std::string content = Content(format, SweepDir(args.dir));
  if (args.output.empty()) {
    Print(content);
  } else {
    WriteFileAtomically(args.output, content);
    SayWritten(args.output);
  }
  return ExitCode::kOk;
}

}  // namespace

void AddExportCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<ExportArgs>();
  CLI::App* command = app.add_subcommand(
      "export", "Write sweep, runs, fit and allocations to one file");
  command->add_option("dir", args->dir, "Sweep directory")->required();
  command->add_option("-o,--output", args->output,
                      "File to write (default: standard output)");
  command->add_option("--format", args->format, "json | jsonl | csv")
      ->check(CLI::IsMember({"json", "jsonl", "csv"}))
      ->capture_default_str();
  command->footer(
      "Example:\n  isoflop export runs/demo -o results.json\n"
      "  isoflop export runs/demo -o runs.csv --format csv");
  command->callback([args, exit_code] { *exit_code = RunExport(*args); });
}

}  // namespace isoflop
