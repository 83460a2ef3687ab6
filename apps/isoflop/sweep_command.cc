// `isoflop sweep`: train every run of a sweep file; again to resume.

#include "apps/isoflop/sweep_command.h"

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/report/claim_verdict.h"
#include "analysis/report/experiment_report.h"
#include "analysis/report/runs_text.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/sweep_compare.h"
#include "apps/isoflop/sweep_fit.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/shell_word.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
#include "lib/execute/local_executor.h"
#include "lib/execute/pending.h"
#include "lib/execute/progress_display.h"
#include "lib/execute/room.h"
#include "lib/machine/find_room.h"
#include "lib/machine/probe.h"
#include "lib/machine/worker_path.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {
namespace {

void Warn(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) {
    Say(fmt::format("warning: {}", message));
  }
}

std::string FirstDevice(const SweepArgs& args, LazyMachine& machine) {
  return ResolveSlots(args.devices, args.jobs, machine.Get().probe)
      .front()
      .device;
}

/// What precisions stand for: the same as before, or what they are here.
DevicePrecision PrecisionFor(const SweepArgs& args, const SweepSpec& spec,
                             const std::optional<Plan>& before,
                             LazyMachine& machine) {
  const bool is_auto = UsesPrecision(spec, Precision::kAuto);
  if (!is_auto && !UsesPrecision(spec, Precision::kBf16)) return {};
  const bool known = before && (before->auto_precision || !is_auto);
  if (!known) {
    return PrecisionOf(machine.Get().probe, FirstDevice(args, machine));
  }
  return {.of_auto = before->auto_precision.value_or(Precision::kFp32),
          .bf16 = before->bf16_products.value_or(Bf16Products::kEverywhere)};
}

/// A directory that has a plan goes on as it began, elsewhere as well.
Plan PlanHere(const SweepArgs& args, const SweepSpec& spec, const SweepDir& dir,
              const std::optional<Plan>& before, LazyMachine& machine) {
  Plan plan = MakePlan(spec, PrecisionFor(args, spec, before, machine));
  const bool chosen = before && before->blas_core;
  const bool idle =
      before && PendingGroups(dir, plan, args.retry_failed).empty();
  plan.blas_core = chosen || idle ? before->blas_core : machine.Get().blas_core;
  const bool began = before && !before->arithmetic.empty();
  if (began || idle) {
    plan.arithmetic = before->arithmetic;
  } else {
    plan.arithmetic =
        ArithmeticOf(machine.Get().probe, FirstDevice(args, machine));
  }
  return plan;
}

/// Of a directory whose plan.json is damaged: with precisions that give the
/// runs which are there, if any do.
Plan PlanAnew(const SweepArgs& args, const SweepSpec& spec, const SweepDir& dir,
              LazyMachine& machine) {
  Plan plan = PlanHere(args, spec, dir, std::nullopt, machine);
  if (UnplannedRuns(dir, plan).empty()) return plan;
  for (const Precision of_auto : {Precision::kFp32, Precision::kBf16}) {
    for (const auto& [bf16, name] : EnumNames(Bf16Products{})) {
      Plan other = MakePlan(spec, {.of_auto = of_auto, .bf16 = bf16});
      if (!UnplannedRuns(dir, other).empty()) continue;
      other.blas_core = plan.blas_core;
      other.arithmetic = plan.arithmetic;
      return other;
    }
  }
  return plan;
}

ExecuteSummary Train(const SweepArgs& args, const SweepDir& dir,
                     const Plan& plan, LazyMachine& machine) {
  const auto pending = PendingGroups(dir, plan, args.retry_failed);
  if (pending.empty()) return FinishedSummary(dir, plan);
  ExecuteOptions options;
  options.worker = machine.Get().worker;
  const ProbeReport& probe = machine.Get().probe;
  if (!options.worker.environment.empty() && !probe.blas_core.empty()) {
    Say(fmt::format(
        "matrix products are computed by OpenBLAS's code for {} processors",
        probe.blas_core));
  }
  Warn(probe.warnings);
  const std::string elsewhere = DifferenceInWords(
      plan.arithmetic, ArithmeticOf(probe, FirstDevice(args, machine)));
  if (!elsewhere.empty()) {
    Warn(
        {"this machine computes in another way than the one on which the sweep "
         "began, so the last digits of losses may differ: " +
         elsewhere});
  }
  options.slots = ResolveSlots(args.devices, args.jobs, probe);
  options.cost = CostModel(probe);
  options.retry_failed = args.retry_failed;
  options.fail_fast = args.fail_fast;
  const RoomReport room =
      CheckRoom(pending, options.slots, probe, FindRoom(dir.root()));
  Warn(room.tight);
  room.RequireEnough();
  const auto progress =
      MakeProgress(STDERR_FILENO, *FromName<ProgressStyle>(args.progress));
  return Execute(dir, plan, options, *progress);
}

ExitCode StatusOf(const ExecuteSummary& summary) {
  if (summary.signal) return StoppedBy(*summary.signal);
  return summary.complete() ? ExitCode::kOk : ExitCode::kIncomplete;
}

void PrintHead(const Plan& plan, const SweepDir& dir) {
  const PlanTotals totals = Totals(plan);
  Say(fmt::format("{}: {} in {}, {} tokens, {:.3g} FLOPs -> {}", plan.name,
                  Counted(totals.runs, "run"),
                  Counted(plan.groups.size(), "group"),
                  FormatCount(static_cast<double>(totals.tokens)), totals.flops,
                  dir.root().string()));
  if (plan.auto_precision) {
    Say(fmt::format("precision: {} (auto)", NameOf(*plan.auto_precision)));
  }
  for (const auto* notes : {&plan.data.notes, &plan.notes}) {
    for (const std::string& note : *notes) {
      Say(fmt::format("note: {}", note));
    }
  }
}

/// What keeps runs from being trained. All of them were said when it happened;
/// `isoflop status` names them again.
void PrintLeft(const std::vector<LeftGroup>& left) {
  constexpr std::size_t kMost = 5;
  for (std::size_t i = 0; i < std::min(left.size(), kMost); ++i) {
    Say(fmt::format("left: {}: {}", left[i].group, left[i].cause));
  }
  if (left.size() > kMost) {
    Say("left: and " + Counted(left.size() - kMost, "more group"));
  }
}

/// What is said at the end: every run, and how to go on if some are missing.
void PrintRuns(const Plan& plan, const std::vector<RunResult>& results,
               const ExecuteSummary& summary) {
  Print(RunsText(plan, results, OutputWidth()));
  for (const std::string& message : summary.messages) {
    Say(fmt::format("note: {}", message));
  }
  if (summary.stopped_by_failure) {
    Say("stopped by --fail-fast: a run failed or diverged, or could not be "
        "trained");
  }
  PrintLeft(summary.left);
  if (summary.pending > 0) {
    Say(fmt::format("{} left: {}the same command goes on",
                    summary.pending == 1
                        ? "1 run is"
                        : fmt::format("{} runs are", summary.pending),
                    summary.left.empty() ? "" : "once that is mended, "));
  }
  if (summary.failed > 0) {
    Say(
        fmt::format("{} failed: the same command with --retry-failed tries "
                    "again",
                    Counted(summary.failed, "run")));
  }
  FlushOutput();
}

/// What the analyses of the sweep say, and what has become of its claim: on
/// standard output, and as a file.
void ReportClaim(const SweepArgs& args, const SweepSpec& spec, const Plan& plan,
                 const std::vector<RunResult>& results, const SweepDir& dir) {
  const auto experiments = FitExperiments(spec.analyses, plan, results);
  if (!args.fit) {  // else they are part of the fit
    TextPage page(OutputWidth());
    AddExperiments(experiments, &page);
    Print(fmt::format("{}{}", page.text().empty() ? "" : "\n", page.text()));
  }
  if (spec.claim.text.empty()) return;
  const ClaimVerdict verdict =
      JudgeClaim(spec.claim, plan, results, experiments);
  Print(fmt::format("\n{}", ClaimText(verdict, OutputWidth())));
  const auto file = dir.root() / "claim.json";
  Json json = ToJson(verdict);
  if (!experiments.empty()) json["experiments"] = ToJson(experiments);
  WriteJsonFile(file, json);
  SayWritten(file.string());
}

}  // namespace

void RequireScale(double scale) {
  Require(std::isfinite(scale), "--scale: must be a number, got {}", scale);
}

ExitCode RunSweep(const SweepArgs& args) {
  RequireScale(args.scale);
  const SweepSpec spec =
      LoadSweep(args.sweep, {.data_paths = args.data, .scale = args.scale});
  const SweepDir dir(args.out.empty() ? "runs/" + spec.name : args.out);
  RefuseForeignPath(dir, spec);
  const StoredPlan stored = ReadStoredPlan(dir);
  const std::optional<Plan>& before = stored.plan;
  LazyMachine machine([&] {
    const auto worker = FindWorker(args.worker);
    return before ? ProbeMachineAgain(worker, before->blas_core)
                  : ProbeMachine(worker);
  });
  const Plan plan = stored.damage.empty()
                        ? PlanHere(args, spec, dir, before, machine)
                        : PlanAnew(args, spec, dir, machine);
  RequireMeantRuns(spec, plan);
  PrepareSweepDir(dir, spec, plan, [](const std::string& note) {
    Say(fmt::format("note: {}", note));
  });
  PrintHead(plan, dir);
  const ExecuteSummary summary = Train(args, dir, plan, machine);
  const std::vector<RunResult> results = LoadResults(dir, plan);
  PrintRuns(plan, results, summary);
  if (!summary.signal) ReportClaim(args, spec, plan, results, dir);
  const ExitCode status = StatusOf(summary);
  if (!args.fit || summary.signal || summary.ok == 0) return status;
  const SweepFit fit = FitSweep(plan, results, dir, {});
  Print("\n");
  ReportFit(fit, dir.root() / "fit.json",
            "isoflop fit " + ShellWord(dir.root().string()) + " --details");
  ReportComparisons(plan, results, dir);
  if (status == ExitCode::kOk && !fit.report.usable()) {
    return ExitCode::kUnsupported;
  }
  return status;
}

void AddScaleOption(CLI::App* command, double* scale) {
  command
      ->add_option("--scale", *scale,
                   "Factor of every D, for a GPU or for a trial")
      ->check(CLI::Range(1e-6, 1e6))
      ->capture_default_str();
}

void AddTrainingOptions(CLI::App* command, SweepArgs* args) {
  command->add_option("--executor", args->executor, "Who runs it: local")
      ->check(CLI::IsMember({"local"}))
      ->capture_default_str();
  command
      ->add_option("--devices", args->devices,
                   "auto, cpu, cuda, or a list such as cuda:0,cuda:1")
      ->capture_default_str();
  command
      ->add_option("--jobs", args->jobs,
                   "Groups at a time (default: one per core; on a GPU as many "
                   "as fit and pay, up to 8)")
      ->check(CLI::Range(1, 4096));
  command->add_option("--worker", args->worker, "Path of isoflop-worker");
  command->add_flag("--retry-failed", args->retry_failed,
                    "Try runs again that failed");
  command->add_flag("--fail-fast", args->fail_fast,
                    "Stop at the first run that fails, diverges or cannot be "
                    "trained");
  command
      ->add_option("--progress", args->progress,
                   "On standard error: auto, plain (a line a run), json (an "
                   "object a line) or none")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}))
      ->capture_default_str();
  AddScaleOption(command, &args->scale);
}

void AddSweepCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<SweepArgs>();
  CLI::App* sweep = app.add_subcommand(
      "sweep", "Train every run of a sweep; the same command again resumes");
  sweep->add_option("sweep", args->sweep, "Sweep file (JSON)")->required();
  sweep->add_option("-o,--output", args->out,
                    "Sweep directory (default: runs/NAME)");
  sweep->add_option("--data", args->data,
                    "Data files or directories, in place of the sweep's");
  AddTrainingOptions(sweep, args.get());
  sweep->add_flag("--fit", args->fit, "Fit the laws at the end");
  sweep->footer(
      "Example:\n  isoflop sweep sweeps/demo.json -o runs/demo --fit");
  sweep->callback([args, exit_code] { *exit_code = RunSweep(*args); });
}

}  // namespace isoflop
