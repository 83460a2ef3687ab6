// `isoflop next`: which runs to train next, by a fit.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "analysis/report/next_report.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/fit_doubt.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/site.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/names.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
#include "lib/execute/room.h"
#include "lib/machine/find_room.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {
namespace {

struct NextArgs {
  std::string fit;
  std::string objective = "params_opt";
  std::string sweep;  // to take data, model and training from
  OutputFile output;  // sweep file to write
  std::string devices = "auto";
  std::string worker;
  NextQuestion question;
  bool json = false;
};

NextQuestion QuestionOf(const NextArgs& args) {
  const auto objective = FromName<DesignObjective>(args.objective);
  const auto allowed = AllNames<DesignObjective>();
  Require(objective.has_value(), "--objective: must be one of {}, got \"{}\"{}",
          fmt::join(allowed, ", "), args.objective,
          Suggestion(args.objective, allowed));
  NextQuestion question = args.question;
  question.objective = *objective;
  Validate(question);
  return question;
}

bool IsSweepDirectory(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path / "plan.json", ignored) &&
         std::filesystem::exists(path / "sweep.json", ignored);
}

/// The sweep given, or that of the directory that was fitted: the one that the
/// fit is in, wherever it has been moved to.
std::optional<BaseSweep> BaseOf(const NextArgs& args, const StoredFit& fit) {
  if (!args.sweep.empty()) return BaseSweep(args.sweep);
  std::error_code ignored;
  const bool of_table = std::filesystem::is_regular_file(fit.source, ignored);
  const auto beside = std::filesystem::absolute(fit.file).parent_path();
  auto base = BaseSweep::OfDirectory(
      !of_table && IsSweepDirectory(beside) ? beside.string() : fit.source);
  Require(base.has_value() || args.output.path.empty(),
          "--output: {} was fitted to \"{}\", which is no sweep directory, so "
          "how to train is not known; give --sweep a sweep file with the data, "
          "model and training",
          args.fit, fit.source);
  return base;
}

/// What a plan would check of this machine.
std::optional<TrainingSite> TrainingSiteOf(const NextArgs& args) {
  const auto found = FindSite(args.worker, args.devices, std::nullopt);
  if (!found) return std::nullopt;
  return TrainingSite{
      .precision =
          PrecisionOf(found->machine.probe, found->slots.front().device),
      .has_room = [site = *found, room = FindRoom(".")](const RunGroup& group) {
        return CheckRoom({group}, site.slots, site.machine.probe, room)
            .too_much.empty();
      }};
}

void WriteSweep(const NextArgs& args, const std::string& base,
                const Json& sweep) {
  OutputFile output = args.output;
  output.inputs = InputsOf(args.fit);
  output.inputs.emplace_back(base);
  RequireMayWriteJson(output, kSweepSchema, "name", [&](const Json& there) {
    return TextAt(there, "/name") == TextAt(sweep, "/name");
  });
  WriteJsonFile(output.path, sweep);
}

ExitCode RunNext(const NextArgs& args) {
  const NextQuestion question = QuestionOf(args);
  const StoredFit fit = LoadFit(args.fit);
  if (fit.status != FitStatus::kOk) {
    Say(fmt::format("isoflop next: {}: no law to choose runs by: {}", args.fit,
                    fit.reason));
    return ExitCode::kUnsupported;
  }
  WarnOfDoubt(fit);
  const std::optional<BaseSweep> base = BaseOf(args, fit);
  const auto site = base ? TrainingSiteOf(args) : std::nullopt;
  const NextRuns next = ChooseNextRuns(fit, question, base ? &*base : nullptr,
                                       site ? &*site : nullptr);
  const bool write = next.sweep && !args.output.path.empty();
  if (write) WriteSweep(args, base->file(), *next.sweep);
  if (args.json) {
    Print(ReadableText(NextJson(fit, next)));
  } else {
    Print(NextText(next, OutputWidth()));
    if (write) SayWritten(args.output.path.string());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddNextCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<NextArgs>();
  CLI::App* next = app.add_subcommand(
      "next", "Which runs to train next, to know N* or the loss better");
  next->add_option(
          "fit", args->fit,
          "A fit.json with a bootstrap, or a sweep directory that has one")
      ->required();
  next->add_option("--flops-budget", args->question.budget_flops,
                   "FLOPs for all new runs together")
      ->required();
  next->add_option("--target-flops", args->question.target_flops,
                   "C at which N* or the loss is wanted (default: 10 times the "
                   "largest run)");
  next->add_option("--objective", args->objective,
                   "What to know better: params_opt | loss")
      ->capture_default_str();
  next->add_option("--sweep", args->sweep,
                   "Sweep file to take data, model and training from (default: "
                   "that of the sweep directory that was fitted)");
  next->add_option("-o,--output", args->output.path,
                   "Write a sweep file that trains these runs");
  AddForceOption(next, &args->output);
  next->add_option("--devices", args->devices,
                   "Devices whose memory new runs have to fit into: auto, "
                   "cpu, cuda:0,...");
  next->add_option("--worker", args->worker, "Path of isoflop-worker");
  next->add_flag("--json", args->json, "Print JSON");
  next->footer(
      "Example:\n  isoflop next runs/demo/fit.json --flops-budget 5e12 -o "
      "next.json");
  next->callback([args, exit_code] { *exit_code = RunNext(*args); });
}

}  // namespace isoflop
