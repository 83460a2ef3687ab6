// `isoflop experiments`: the sweeps that are made to show something, and
// whether they do.

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/report/text_page.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/sweep_command.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/quote.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
#include "lib/sweep/plan.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

struct ExperimentsArgs {
  std::string folder;  // empty: sweeps/theory
  bool json = false;
  std::vector<std::string> names;  // to run
  std::string out = "runs/experiments";
  SweepArgs training;
};

/// Where the sweeps are: below the working directory, or where this program was
/// built.
fs::path FindFolder(const std::string& given) {
  std::error_code ignored;
  if (!given.empty()) {
    Require(fs::is_directory(given, ignored),
            "--folder: there is no directory {}", Quoted(given));
    return given;
  }
  const fs::path usual = fs::path("sweeps") / "theory";
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  for (const fs::path& root :
       {fs::path("."), program.parent_path() / ".." / ".." / ".."}) {
    if (fs::is_directory(root / usual, ignored)) {
      return (root / usual).lexically_normal();
    }
  }
  throw Error(
      "there is no folder sweeps/theory here; name one of sweep files with "
      "--folder");
}

struct Experiment {
  fs::path file;
  SweepSpec spec;
};

/// Returns the sweeps of the folder that make a claim, by name.
std::vector<Experiment> LoadExperiments(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  Require(!error, "{}: cannot be listed: {}", folder.string(), error.message());
  std::ranges::sort(files);
  std::vector<Experiment> experiments;
  for (const fs::path& file : files) {
    SweepSpec spec = LoadSweep(file);
    if (spec.claim.text.empty()) continue;
    const auto same = std::ranges::find_if(
        experiments,
        [&](const Experiment& other) { return other.spec.name == spec.name; });
    Require(same == experiments.end(),
            "{}: name: \"{}\" is that of another experiment in the folder",
            file.string(), spec.name);
    experiments.push_back({.file = file, .spec = std::move(spec)});
  }
  Require(!experiments.empty(), "{}: no sweep file in here makes a claim",
          folder.string());
  return experiments;
}

Json ListJson(const std::vector<Experiment>& experiments) {
  Json list = Json::array();
  for (const Experiment& experiment : experiments) {
    list.push_back(
        {{"name", experiment.spec.name},
         {"file", experiment.file.string()},
         {"claim", experiment.spec.claim.text},
         {"expectations", experiment.spec.claim.expectations.size()}});
  }
  return {{"schema", "isoflop.experiments/1"},
          {"experiments", std::move(list)}};
}

std::string ListText(const std::vector<Experiment>& experiments) {
  TextPage page(OutputWidth());
  for (const Experiment& experiment : experiments) {
    page.Heading(experiment.spec.name);
    page.Line(experiment.spec.claim.text);
  }
  return page.text();
}

ExitCode ListExperiments(const ExperimentsArgs& args) {
  const auto experiments = LoadExperiments(FindFolder(args.folder));
  Print(args.json ? ReadableText(ListJson(experiments))
                  : ListText(experiments));
  return ExitCode::kOk;
}

/// Returns those that are asked for, in the order of the folder.
std::vector<Experiment> Chosen(std::vector<Experiment> experiments,
                               const std::vector<std::string>& names) {
  std::vector<std::string> known;
  known.reserve(experiments.size());
  for (const auto& experiment : experiments) {
    known.push_back(experiment.spec.name);
  }
  for (const std::string& name : names) {
    Require(name == "all" || std::ranges::find(known, name) != known.end(),
            "there is no experiment {}{}; there are {}, and all", Quoted(name),
            Suggestion(name, known), fmt::join(known, ", "));
  }
  if (std::ranges::find(names, "all") != names.end()) return experiments;
  std::erase_if(experiments, [&](const Experiment& experiment) {
    return std::ranges::find(names, experiment.spec.name) == names.end();
  });
  return experiments;
}

/// Plans all of them before any is trained, so that none is refused hours
/// later. Throws Error with everything that is wrong.
void RequirePlans(const std::vector<Experiment>& experiments, double scale) {
  std::vector<std::string> problems;
  for (const Experiment& experiment : experiments) {
    try {
      MakePlan(LoadSweep(experiment.file, {.data_paths = {}, .scale = scale}));
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  Require(problems.empty(), "{}", fmt::join(problems, "\n"));
}

/// Goes on after a sweep with runs that failed; a signal ends it.
ExitCode RunExperiments(const ExperimentsArgs& args) {
  Require(!args.json,
          "--json is for the list; every experiment that has run "
          "leaves a claim.json");
  const auto chosen =
      Chosen(LoadExperiments(FindFolder(args.folder)), args.names);
  RequireScale(args.training.scale);
  if (chosen.size() > 1) RequirePlans(chosen, args.training.scale);
  ExitCode worst = ExitCode::kOk;
  for (const Experiment& experiment : chosen) {
    SweepArgs sweep = args.training;
    sweep.sweep = experiment.file.string();
    sweep.out = (fs::path(args.out) / experiment.spec.name).string();
    const ExitCode status = RunSweep(sweep);
    if (status == ExitCode::kInterrupted || status == ExitCode::kTerminated ||
        status == ExitCode::kHungUp) {
      return status;
    }
    if (status != ExitCode::kOk) worst = status;
    Print("\n");
    FlushOutput();
  }
  return worst;
}

}  // namespace

void AddExperimentsCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<ExperimentsArgs>();
  CLI::App* experiments = app.add_subcommand(
      "experiments", "List the claims of the theory; run them, and judge");
  experiments->add_option("--folder", args->folder,
                          "Folder of sweep files (default: sweeps/theory)");
  experiments->add_flag("--json", args->json, "Print the list as JSON");
  experiments->require_subcommand(0, 1);
  experiments->footer(
      "Example:\n  isoflop experiments\n"
      "  isoflop experiments run linear-attention");
  CLI::App* run = experiments->add_subcommand(
      "run", "Train what is pending, and say whether the claims held");
  run->fallthrough();  // --folder may stand behind it
  run->add_option("name", args->names, "Names, or all")->required();
  run->add_option("-o,--output", args->out,
                  "Folder of a sweep directory for each")
      ->capture_default_str();
  AddTrainingOptions(run, &args->training);
  run->footer("Example:\n  isoflop experiments run linear-attention");
  experiments->callback([args, exit_code, run] {
    *exit_code = run->parsed() ? RunExperiments(*args) : ListExperiments(*args);
  });
}

}  // namespace isoflop
