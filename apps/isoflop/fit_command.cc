// `isoflop fit`: estimate scaling laws from a sweep or from anybody's losses.

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/observe/curve_points.h"
#include "analysis/observe/observation_reader.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/fit_words.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/fit_options.h"
#include "apps/isoflop/fit_progress_line.h"
#include "apps/isoflop/joined_inputs.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/sweep_fit.h"
#include "apps/isoflop/table_args.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

struct FitCommandArgs {
  std::vector<std::string> inputs;
  OutputFile output;
  TableArgs table;
  CurveColumns curve;
  FitArgs fit;
  bool details = false;

  /// REQUIRES: there is one only.
  const std::string& input() const { return inputs.front(); }
};

bool IsCurve(const CurveColumns& curve) {
  return !curve.x.empty() || !curve.y.empty() || !curve.y_std.empty();
}

/// Throws Error for options of columns where they cannot be meant.
void CheckColumns(const FitCommandArgs& args, bool directory) {
  const bool curve = IsCurve(args.curve);
  Require(!directory || !curve,
          "--x: {} is a sweep directory; export it as CSV first", args.input());
  Require(!curve || !args.curve.x.empty(), "--x: must name a column with --y");
  Require(!curve || !args.curve.y.empty(), "--y: must name a column with --x");
  const std::string given = GivenColumnOption(args.table);
  Require(!curve || given.empty(),
          "{}: --x and --y name the columns of the file themselves", given);
}

/// Throws Error for options that only runs with N, D and L can have, whatever
/// their value.
void RequireNoOptionsOfRuns(const CLI::App& fit) {
  for (const char* option :
       {"--params", "--envelope", "--isoflop-curve", "--keep-flat",
        "--tied-exponents", "--weights", "--drop-largest-loss", "--bootstrap",
        "--bootstrap-unit", "--seed", "--holdout-above", "--seed-noise",
        "--flops", "--bits-per-byte"}) {
    Require(fit.count(option) == 0,
            "{}: has no meaning for two columns; leave it out or --x", option);
  }
}

SweepFit FitFile(const FitCommandArgs& args, FitOptions options) {
  const TableOptions table = ResolveTableOptions(args.table);
  if (IsCurve(args.curve)) {
    if (args.fit.laws.empty()) options.laws = {LawKind::kPower};
    if (args.fit.loss.empty()) options.objective.loss = LossKind::kL2;
    const CurvePoints curve = ReadCurve(args.input(), args.curve, table.choice);
    return {FitCurveLaws(curve, options), {}};
  }
  ObservationSet observations = ReadObservations(args.input(), table);
  FitProgressLine progress(STDERR_FILENO);
  return {InWords(FitScalingLaws(std::move(observations), options, &progress)),
          {}};
}

SweepFit FitDirectory(const FitCommandArgs& args, const FitOptions& options) {
  const VariantChoice choice = ResolveVariantChoice(args.table, args.input());
  const SweepDir dir(args.input());
  const Plan plan = LoadPlan(dir);
  return FitSweep(plan, LoadResultsAndWarn(dir, plan), dir, options, choice);
}

bool IsDirectory(const std::string& path) {
  std::error_code code;
  const bool directory = std::filesystem::is_directory(path, code);
  Require(!code || code == std::errc::no_such_file_or_directory,
          "{}: cannot read: {}", path, code.message());
  return directory;
}

/// Where the fit goes to, if it may. A fit in a sweep directory is of that
/// sweep, wherever it has been moved to.
std::filesystem::path CheckedOutput(const FitCommandArgs& args,
                                    bool directory) {
  const std::filesystem::path input = args.input();
  OutputFile output = args.output;
  if (output.path.empty()) {
    output.path = directory ? input / "fit.json" : "fit.json";
  }
  output.inputs = InputsOf(input);
  const bool within =
      directory && IsSameSource(output.path.parent_path().string(), input);
  RequireMayWriteJson(
      output, kFitSchema, "observations", [&](const Json& there) {
        return within ||
               IsSameSource(TextAt(there, "/observations/source"), input);
      });
  return output.path;
}

/// Fits several inputs together.
SweepFit FitJoined(const FitCommandArgs& args, const FitOptions& options) {
  Require(!IsCurve(args.curve), "--x: of several inputs, of which? give one");
  TableOptions table = ResolveTableOptions(args.table);
  table.counts_anew = options.params.has_value();
  ObservationSet observations = ReadJoined(args.inputs, table).set;
  FitProgressLine progress(STDERR_FILENO);
  return {InWords(FitScalingLaws(std::move(observations), options, &progress)),
          {}};
}

/// A fit of several inputs belongs into none of them.
std::filesystem::path CheckedJoinedOutput(const FitCommandArgs& args) {
  OutputFile output = args.output;
  Require(
      !output.path.empty(),
      "--output: must be given where there are several inputs: -o fit.json");
  output.inputs = InputsOf(args.inputs);
  const std::string source = SourceOf(args.inputs);
  RequireMayWriteJson(output, kFitSchema, "observations",
                      [&source](const Json& there) {
                        return TextAt(there, "/observations/source") == source;
                      });
  return output.path;
}

ExitCode Finish(const SweepFit& fit, const std::filesystem::path& output,
                bool details) {
  ReportFit(fit, output,
            details ? std::nullopt : std::optional<std::string>("--details"));
  return fit.report.usable() ? ExitCode::kOk : ExitCode::kUnsupported;
}

ExitCode RunFit(const FitCommandArgs& args, const CLI::App& fit_command) {
  if (IsCurve(args.curve)) RequireNoOptionsOfRuns(fit_command);
  const FitOptions options = ResolveFitOptions(args.fit);
  if (args.inputs.size() > 1) {
    const std::filesystem::path output = CheckedJoinedOutput(args);
    return Finish(FitJoined(args, options), output, args.details);
  }
  const bool directory = IsDirectory(args.input());
  CheckColumns(args, directory);
  const std::filesystem::path output = CheckedOutput(args, directory);
  return Finish(
      directory ? FitDirectory(args, options) : FitFile(args, options), output,
      args.details);
}

}  // namespace

void AddFitCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<FitCommandArgs>();
  CLI::App* fit = app.add_subcommand(
      "fit", "Fit scaling laws to a sweep, a CSV or a JSON file of runs");
  fit->add_option("input", args->inputs,
                  "Sweep directory, or file with columns params, tokens, loss; "
                  "several are fitted together")
      ->required();
  fit->add_option("-o,--output", args->output.path,
                  "Where to write the fit (default: fit.json, in the sweep "
                  "directory if it is one)");
  AddForceOption(fit, &args->output);
  AddTableOptions(fit, &args->table);
  fit->add_option("--x", args->curve.x,
                  "Column of x for laws of one variable, which need no others; "
                  "least squares unless --loss is given");
  fit->add_option("--y", args->curve.y, "Column of y, along with --x");
  fit->add_option("--y-std", args->curve.y_std,
                  "Column of standard errors of ln y: weights 1/std^2");
  AddFitOptions(fit, &args->fit);
  fit->add_flag("--details", args->details,
                "Print everything, not what fits on one screen");
  fit->footer(
      "Examples:\n  isoflop fit runs.csv --column params=\"Model Size\" "
      "--column flops=\"Training FLOP\"\n"
      "  isoflop fit runs.csv --laws all\n"
      "  isoflop fit runs/small runs/large old.csv -o all.json\n"
      "  isoflop fit runs.csv --laws repeated_data --fix E=1.87,alpha=0.35\n"
      "  isoflop fit optima.csv --x flops --y n_star --where config=base -o "
      "curve.json");
  fit->callback([args, exit_code, fit] { *exit_code = RunFit(*args, *fit); });
}

}  // namespace isoflop
