// `isoflop init`: a first sweep for data and a budget.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "apps/isoflop/commands.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/site.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/quote.h"
#include "lib/core/shell_word.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
#include "lib/data/task.h"
#include "lib/data/tokens_record.h"
#include "lib/execute/cost_model.h"
#include "lib/sweep/first_sweep.h"
#include "lib/sweep/plan.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

struct InitArgs {
  double flops = 0.0;
  std::vector<std::string> data;
  std::int64_t vocab_size = 0;
  std::string token_format = "auto";
  OutputFile output;
  std::string devices = "auto";
  std::string worker;
};

constexpr std::array<const char*, 3> kTokenFiles = {".bin", ".npy", ".idx"};

bool IsTokenFile(const fs::path& path) {
  return std::ranges::find(kTokenFiles, path.extension()) != kTokenFiles.end();
}

/// The token files that a path means: itself, those in a directory, or none.
std::vector<std::string> TokenFilesOf(const fs::path& path) {
  if (IsTokenFile(path)) return {path.string()};
  std::vector<std::string> files;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(path, code)) {
    if (IsTokenFile(entry.path())) files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

Json TokensSection(const InitArgs& args,
                   const std::vector<std::string>& files) {
  std::int64_t vocab_size = args.vocab_size;
  const auto record = FindTokensRecord(files.front());
  if (vocab_size == 0 && record) vocab_size = record->tokenizer.vocab_size;
  Require(vocab_size > 0,
          "--vocab-size: needed, because nothing beside {} says how many ids "
          "its tokens have",
          files.front());
  return {{"kind", "tokens"},
          {"train_paths", files},
          {"format", args.token_format},
          {"vocab_size", vocab_size}};
}

/// What the paths hold, with paths relative to the file that will name them.
Json DataSection(const InitArgs& args) {
  if (args.data.empty()) {
    return {{"kind", "lexicon"}, {"words", 65536}, {"zipf_exponent", 1.3}};
  }
  const fs::path folder =
      fs::absolute(args.output.path).lexically_normal().parent_path();
  std::vector<std::string> paths;
  std::vector<std::string> tokens;
  for (const std::string& path : args.data) {
    std::error_code code;
    Require(fs::exists(path, code), "--data: there is no {}", Quoted(path));
    const fs::path absolute = fs::absolute(path).lexically_normal();
    paths.push_back(absolute.string());
    const auto files = TokenFilesOf(absolute);
    tokens.insert(tokens.end(), files.begin(), files.end());
  }
  Json section = tokens.empty() ? Json{{"kind", "text"}, {"paths", paths}}
                                : TokensSection(args, tokens);
  for (Json& path : section[tokens.empty() ? "paths" : "train_paths"]) {
    path = fs::path(path.get<std::string>()).lexically_proximate(folder);
  }
  return section;
}

/// How many tokens there are to train on; nothing where there is no end.
std::optional<std::int64_t> TrainTokens(const InitArgs& args,
                                        const Json& data) {
  constexpr std::int64_t kContext = 64;
  Json section = data;
  for (const char* key : {"paths", "train_paths"}) {
    if (!section.contains(key)) continue;
    for (Json& path : section[key]) {
      path = (fs::absolute(args.output.path).parent_path() /
              path.get<std::string>())
                 .string();
    }
  }
  Problems problems;
  const DataConfig config =
      ParseDataConfig(section, "--data", kContext, &problems);
  problems.ThrowIfAny();
  return OpenTask(config, kContext)->info().train_tokens;
}

fs::path CheckFileOf(const fs::path& sweep) {
  return sweep.parent_path() / (sweep.stem().string() + "-lr.json");
}

/// Neither of the two files may be there: whoever has changed one would lose
/// it.
void RequireNewFiles(const InitArgs& args) {
  for (const fs::path& path :
       {args.output.path, CheckFileOf(args.output.path)}) {
    RequireMayWrite({.path = path, .force = args.output.force, .inputs = {}},
                    [](const fs::path&) { return Existing::kForPeople; });
  }
}

/// "8 runs, about 3 min" of a sweep file.
std::string CostText(const fs::path& file, const std::optional<Site>& site) {
  const Plan plan = MakePlan(LoadSweep(file));
  const PlanTotals totals = Totals(plan);
  std::string text = fmt::format(
      "{}, {:.3g} FLOPs", Counted(static_cast<std::size_t>(totals.runs), "run"),
      totals.flops);
  if (!site) return text;
  const auto seconds = EstimateWallSeconds(plan.groups, site->slots,
                                           CostModel(site->machine.probe));
  if (seconds) text += ", about " + FormatDuration(*seconds) + " here";
  return text;
}

std::string Summary(const InitArgs& args, const FirstSweep& made) {
  const fs::path& sweep = args.output.path;
  const fs::path check = CheckFileOf(sweep);
  const auto site = FindSite(args.worker, args.devices, std::nullopt);
  const std::string name = sweep.stem().string();
  std::string text =
      fmt::format("{}: {}\n{}: {}\n", check.string(), CostText(check, site),
                  sweep.string(), CostText(sweep, site));
  if (made.data_end_first) {
    text += WrapText("",
                     "the data end before the budget does: no run may repeat "
                     "them, so the sweep is smaller than was asked for",
                     OutputWidth());
  }
  return text + fmt::format(
                    "\nisoflop sweep {0} -o runs/{1}-lr && isoflop compare "
                    "runs/{1}-lr\nisoflop sweep {2} -o runs/{1} --fit\n",
                    ShellWord(check.string()), name, ShellWord(sweep.string()));
}

ExitCode RunInit(const InitArgs& args) {
  Problems problems;
  CheckPositive("--flops", args.flops, &problems);
  problems.ThrowIfAny();
  RequireNewFiles(args);
  const Json data = DataSection(args);
  const FirstSweep made =
      DesignFirstSweep({.name = args.output.path.stem().string(),
                        .source = "--flops",
                        .data = data,
                        .flops = args.flops,
                        .train_tokens = TrainTokens(args, data)});
  WriteFileAtomically(CheckFileOf(args.output.path), made.lr_check);
  WriteFileAtomically(args.output.path, made.sweep);
  Print(Summary(args, made));
  return ExitCode::kOk;
}

}  // namespace

void AddInitCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<InitArgs>();
  args->output.path = "first.json";
  CLI::App* init = app.add_subcommand(
      "init", "Write a sound sweep file for a budget and data");
  init->add_option("--flops", args->flops,
                   "FLOPs (6ND) of all its runs together, shared trunks once")
      ->required();
  init->add_option("--data", args->data,
                   "Text or token files, or directories of them (default: a "
                   "synthetic language)");
  init->add_option("--vocab-size", args->vocab_size,
                   "How many ids the tokens have, where no tokens.json says so")
      ->check(CLI::Range(2, 2147483647));
  init->add_option("--format", args->token_format,
                   "What token files without a header are: uint16 or uint32")
      ->check(CLI::IsMember({"auto", "uint16", "uint32"}))
      ->capture_default_str();
  init->add_option("-o,--output", args->output.path, "Sweep file to write")
      ->capture_default_str();
  AddForceOption(init, &args->output);
  init->add_option("--devices", args->devices,
                   "Devices for the estimates: auto, cpu, cuda:0,...");
  init->add_option("--worker", args->worker, "Path of isoflop-worker");
  init->footer(
      "Examples:\n  isoflop init --flops 1e13 -o first.json\n"
      "  isoflop init --flops 1e13 --data books/ -o books.json");
  init->callback([args, exit_code] { *exit_code = RunInit(*args); });
}

}  // namespace isoflop
