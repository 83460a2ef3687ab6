// `isoflop export`: everything about a sweep in one file.

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/observe/sweep_observations.h"
#include "analysis/report/fit_csv.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/results.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/event_export.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/sweep_fit.h"
#include "apps/isoflop/terminal.h"
#include "apps/isoflop/vega_lite_export.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/names.h"
#include "lib/core/printable.h"
#include "lib/core/seal.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"

namespace isoflop {

enum class ExportFormat { kJson, kJsonLines, kCsv, kTensorboard, kVegaLite };
constexpr std::array<NamedValue<ExportFormat>, 5> EnumNames(ExportFormat) {
  return {{{ExportFormat::kJson, "json"},
           {ExportFormat::kJsonLines, "jsonl"},
           {ExportFormat::kCsv, "csv"},
           {ExportFormat::kTensorboard, "tensorboard"},
           {ExportFormat::kVegaLite, "vega-lite"}}};
}

enum class Exported { kRuns, kFit };
constexpr std::array<NamedValue<Exported>, 2> EnumNames(Exported) {
  return {{{Exported::kRuns, "runs"}, {Exported::kFit, "fit"}}};
}

namespace {

struct ExportArgs {
  std::string dir;
  OutputFile output;
  std::string format = "json";
  std::string what = {};  // of CSV; empty: not given
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
      SweepObservations(plan, runs, ReadSweepFile(dir, plan)).rows.size();
  if (fitted == 0) return std::nullopt;
  const std::filesystem::path file = dir.root() / "fit.json";
  std::error_code code;
  if (std::filesystem::exists(file, code) || code) {
    Json stored = ReadSealedFile(file);
    if (IsCurrent(stored, fitted)) return stored;
  }
  const SweepFit fit = FitSweep(plan, runs, dir, {});
  return ToJson(fit.report, fit.exact);
}

bool IsFile(const std::string& path) {
  std::error_code code;
  return std::filesystem::is_regular_file(path, code);
}

/// The estimates of a fit.json, or of a sweep's runs.
std::string FitTable(const ExportArgs& args) {
  if (IsFile(args.dir)) return FitCsv(ReadSealedFile(args.dir), args.dir);
  const SweepDir dir(args.dir);
  const Plan plan = LoadPlan(dir);
  const auto fit = FitOf(dir, plan, LoadResultsAndWarn(dir, plan));
  Require(fit.has_value(),
          "{}: no run has ended well yet, so there is nothing to fit",
          args.dir);
  return FitCsv(*fit, args.dir);
}

/// Whether a table is to be of the fit: of a file there is no other.
bool IsOfFit(const ExportArgs& args, ExportFormat format) {
  const auto what = FromName<Exported>(args.what);
  Require(!what || format == ExportFormat::kCsv,
          "--what: is for --format csv; {} has everything", args.format);
  if (format != ExportFormat::kCsv) return false;
  const bool file = IsFile(args.dir);
  Require(!file || what != Exported::kRuns,
          "--what: {} is a file; runs are those of a sweep directory",
          args.dir);
  return file || what == Exported::kFit;
}

/// The parts of the file, one after the other.
std::vector<std::string> Content(ExportFormat format, const SweepDir& dir) {
  const Plan plan = LoadPlan(dir);
  std::vector<RunResult> runs = LoadResultsAndWarn(dir, plan);
  if (format == ExportFormat::kCsv) return {RunsCsv(plan, runs)};
  if (format == ExportFormat::kJsonLines) {
    return {PrintableJson(RunsJsonLines(plan, runs))};
  }
  std::optional<Json> fit = FitOf(dir, plan, runs);
  SweepResults results{.sweep = ReadSweepFile(dir, plan),
                       .plan = plan,
                       .runs = std::move(runs),
                       .fit = std::move(fit)};
  return ResultsText(results);
}

/// The first line, and the others.
struct TextFile {
  std::string_view first;
  std::set<std::string_view> rest;

  explicit TextFile(std::string_view text) {
    const auto lines = NonBlankLines(text);
    for (const TextLine& line : lines) rest.insert(line.text);
    if (lines.empty()) return;
    first = lines.front().text;
    rest.erase(first);
  }
};

/// Lines of runs are of the same sweep if they have one in common, and a header
/// alone is of any.
Existing CompareLines(const std::filesystem::path& path, ExportFormat format,
                      const std::string& content) {
  const std::string text = ReadFile(path);
  const TextFile there(text);
  const TextFile now(content);
  const auto is_in_both = [&](std::string_view line) {
    return line == now.first || now.rest.contains(line);
  };
  const bool csv = format == ExportFormat::kCsv;
  if (csv && there.first != now.first) return Existing::kForeign;
  if (csv && there.rest.empty()) return Existing::kOwn;
  if (!csv && is_in_both(there.first)) return Existing::kOwn;
  return std::ranges::any_of(there.rest, is_in_both) ? Existing::kOwn
                                                     : Existing::kOtherSource;
}

void CheckExportOutput(const ExportArgs& args, ExportFormat format,
                       const std::string& content) {
  OutputFile output = args.output;
  output.inputs = InputsOf(args.dir);
  if (format != ExportFormat::kJson) {
    return RequireMayWrite(output, [&](const std::filesystem::path& path) {
      return CompareLines(path, format, content);
    });
  }
  const Json sweep = ReadJsonFile(SweepDir(args.dir).sweep_json());
  RequireMayWriteJson(output, kResultsSchema, "sweep", [&](const Json& there) {
    return there.value("sweep", Json()) == sweep;
  });
}

bool IsFolder(ExportFormat format) {
  return format == ExportFormat::kTensorboard ||
         format == ExportFormat::kVegaLite;
}

void WriteFolder(const ExportArgs& args, ExportFormat format) {
  OutputFile folder = args.output;
  folder.inputs = InputsOf(args.dir);
  if (format == ExportFormat::kTensorboard) {
    ExportEvents(SweepDir(args.dir), folder);
  } else {
    ExportFigures(args.dir, folder);
  }
}

ExitCode RunExport(const ExportArgs& args) {
  const auto format = *FromName<ExportFormat>(args.format);
  const bool of_fit = IsOfFit(args, format);
  if (IsFolder(format)) {
    WriteFolder(args, format);
    return ExitCode::kOk;
  }
  const std::vector<std::string> content =
      of_fit ? std::vector<std::string>{FitTable(args)}
             : Content(format, SweepDir(args.dir));
  const std::filesystem::path& output = args.output.path;
  if (output.empty()) {
    for (const std::string& part : content) PrintDocument(part);
  } else {
    // Lines are one part.
    CheckExportOutput(args, format, content.front());
    std::vector<std::span<const std::byte>> parts;
    parts.reserve(content.size());
    for (const std::string& part : content) {
      parts.push_back(std::as_bytes(std::span(part)));
    }
    WriteFileAtomically(output, parts);
    SayWritten(output.string());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddExportCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<ExportArgs>();
  CLI::App* command = app.add_subcommand(
      "export", "Write sweep, runs, fit and allocations to one file");
  command
      ->add_option("dir", args->dir,
                   "Sweep directory; of vega-lite and csv also a fit.json")
      ->required();
  command->add_option("-o,--output", args->output.path,
                      "File to write (default: standard output); of "
                      "tensorboard and vega-lite the folder");
  AddForceOption(command, &args->output);
  command
      ->add_option("--format", args->format,
                   "json | jsonl | csv | tensorboard | vega-lite: everything, "
                   "runs as lines or as a table, training curves as event "
                   "files, figures as specifications")
      ->check(CLI::IsMember(AllNames<ExportFormat>()))
      ->capture_default_str();
  command
      ->add_option("--what", args->what,
                   "runs | fit: of CSV, the runs or the estimates of the fit "
                   "(default: runs; fit of a fit.json)")
      ->check(CLI::IsMember(AllNames<Exported>()));
  command->footer(
      "Example:\n  isoflop export runs/demo -o results.json\n"
      "  isoflop export runs/demo -o runs.csv --format csv\n"
      "  isoflop export runs/demo -o curves --format tensorboard\n"
      "  isoflop export fit.json -o figures --format vega-lite");
  command->callback([args, exit_code] { *exit_code = RunExport(*args); });
}

}  // namespace isoflop
