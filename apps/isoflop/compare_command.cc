// `isoflop compare`: which of several recipes is better, and whether the data
// can tell.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analysis/compare/recipe_comparison.h"
#include "analysis/observe/observation_reader.h"
#include "analysis/report/recipe_report.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/joined_inputs.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/sweep_compare.h"
#include "apps/isoflop/sweep_fit.h"
#include "apps/isoflop/table_args.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/core/standard_streams.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {
namespace {

struct CompareArgs {
  std::vector<std::string> inputs;
  OutputFile output;
  std::string params;
  TableArgs table;
  bool json = false;
  CompareOptions options;

  /// REQUIRES: there is one only.
  const std::string& input() const { return inputs.front(); }
};

LabelledObservations FromFiles(const CompareArgs& args) {
  const bool several = args.inputs.size() > 1;
  Require(!args.options.by.empty(),
          "--by: {} name the column whose values are the recipes{}",
          several ? "there are several inputs:" : args.input() + " is a file:",
          several ? "; source compares the inputs" : "");
  TableOptions table = ResolveTableOptions(args.table);
  table.label = args.options.by;
  table.counts_anew = args.options.params.has_value();
  return several ? ReadJoined(args.inputs, table)
                 : ReadLabelledObservations(args.input(), table);
}

RecipeComparison CompareDirectory(const CompareArgs& args) {
  const VariantChoice choice = ResolveVariantChoice(args.table, args.input());
  const SweepDir dir(args.input());
  const Plan plan = LoadPlan(dir);
  return CompareSweep(plan, LoadResultsAndWarn(dir, plan), dir, args.options,
                      choice);
}

RecipeComparison CompareFiles(CompareArgs args) {
  const LabelledObservations recipes = FromFiles(args);
  SetDefaultBudgets(recipes.set, &args.options);
  return InWords(CompareRecipes(recipes, args.options));
}

void RequireEnoughResamples(int resamples) {
  Require(resamples <= 0 || resamples >= kFewestResamples,
          "--bootstrap: must be 0, or at least {} to have percentiles, got {}",
          kFewestResamples, resamples);
}

ExitCode RunCompare(CompareArgs args) {
  RequireEnoughResamples(args.options.bootstrap.resamples);
  if (!args.params.empty()) {
    args.options.params = FromName<ParamsKind>(args.params);
  }
  const bool several = args.inputs.size() > 1;
  args.output.inputs = InputsOf(args.inputs);
  RequireMayWriteJson(args.output, kCompareSchema, "source",
                      [&](const Json& there) {
                        const std::string source = TextAt(there, "/source");
                        return several ? source == SourceOf(args.inputs)
                                       : IsSameSource(source, args.input());
                      });
  const bool directory =
      !several && std::filesystem::is_directory(args.input());
  const RecipeComparison comparison =
      directory ? CompareDirectory(args) : CompareFiles(args);
  const Json json = ToJson(comparison);
  const std::filesystem::path& output = args.output.path;
  if (!output.empty()) WriteJsonFile(output, json);
  Print(args.json ? ReadableText(json)
                  : CompareText(comparison, OutputWidth()));
  if (!output.empty()) SayWritten(output.string());
  return comparison.status == FitStatus::kOk ? ExitCode::kOk
                                             : ExitCode::kUnsupported;
}

}  // namespace

void AddCompareCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<CompareArgs>();
  CompareOptions& options = args->options;
  CLI::App* compare = app.add_subcommand(
      "compare", "Which recipe is better, by how much, and can the data tell");
  compare
      ->add_option("input", args->inputs,
                   "Sweep directory that varies something, or a CSV or JSON "
                   "file of runs")
      ->required();
  compare->add_option("--by", options.by,
                      "The column, or the axis of the sweep, whose values are "
                      "the recipes (default: the sweep's only axis)");
  compare->add_option("--reference", options.reference,
                      "The recipe that the others are compared with (default: "
                      "the first)");
  AddTableOptions(compare, &args->table);
  compare
      ->add_option("--params", args->params,
                   "Which parameters N counts: total | non_embedding")
      ->check(CLI::IsMember({"total", "non_embedding"}));
  compare
      ->add_option("--delta", options.delta,
                   "Residual at which the Huber penalty turns linear")
      ->capture_default_str();
  compare
      ->add_option("--bootstrap", options.bootstrap.resamples,
                   "Bootstrap resamples; 0 for no intervals")
      ->capture_default_str();
  compare->add_option("--seed", options.bootstrap.seed,
                      "Seed of the bootstrap");
  compare->add_option("--threads", options.bootstrap.threads,
                      "Threads of the bootstrap (default: one per core)");
  compare
      ->add_option("--flops", options.budgets_flops,
                   "Budgets at which to compare with exponents of each "
                   "recipe's own (default: the largest run and ten times that)")
      ->delimiter(',');
  compare->add_flag("--json", args->json, "Print JSON");
  compare->add_option("-o,--output", args->output.path,
                      "Write the JSON to a file");
  AddForceOption(compare, &args->output);
  compare->footer(
      "Example:\n  isoflop compare runs.csv --by optimizer --reference adamw\n"
      "  isoflop compare runs/positions --by model.position");
  compare->callback([args, exit_code] { *exit_code = RunCompare(*args); });
}

}  // namespace isoflop
