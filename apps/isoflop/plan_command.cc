// `isoflop plan`: resolve and check a sweep without training.

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/report/claim_verdict.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/plan_text.h"
#include "apps/isoflop/site.h"
#include "apps/isoflop/sweep_command.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/standard_streams.h"
#include "lib/execute/cost_model.h"
#include "lib/execute/room.h"
#include "lib/machine/find_room.h"
#include "lib/machine/probe.h"
#include "lib/machine/slots.h"
#include "lib/sweep/plan.h"
#include "lib/sweep/plan_report.h"

namespace isoflop {
namespace {

struct PlanArgs {
  std::string sweep;
  std::vector<std::string> data;
  std::string devices = "auto";
  std::optional<std::int64_t> jobs;
  std::string worker;
  bool json = false;
  double scale = 1.0;  // of every D
};

/// What the device is, as far as it tells.
std::string Hardware(const ProbeReport& probe, const std::string& device) {
  for (const ProbeReport::Device& cuda : probe.cuda) {
    if (cuda.name == device) return cuda.model.value_or("a GPU");
  }
  return probe.cpu;
}

/// What this machine makes of a plan.
PlanEstimate EstimateHere(const Plan& plan, const Site& site) {
  const ProbeReport& probe = site.machine.probe;
  const std::vector<Slot>& slots = site.slots;
  return {EstimateWallSeconds(plan.groups, slots, CostModel(probe)),
          Describe(slots), KindOf(slots.front()),
          fmt::format("{}, LibTorch {}", Hardware(probe, slots.front().device),
                      probe.libtorch),
          CheckRoom(plan.groups, slots, probe, FindRoom("."))};
}

Json ToJson(const PlanEstimate& estimate) {
  Json json{{"machine", estimate.slots}, {"hardware", estimate.hardware}};
  if (estimate.wall_seconds) json["wall_seconds"] = *estimate.wall_seconds;
  json["needs"] = estimate.room.needs;
  json["tight"] = estimate.room.tight;
  json["too_much"] = estimate.room.too_much;
  return json;
}

ExitCode RunPlan(const PlanArgs& args) {
  RequireScale(args.scale);
  const SweepSpec spec =
      LoadSweep(args.sweep, {.data_paths = args.data, .scale = args.scale});
  BegunSite begun(args.worker, args.devices, args.jobs);
  Plan plan = MakePlan(spec);  // meanwhile
  RequireMeantRuns(spec, plan);
  PlanEstimate estimate;
  if (const auto site = begun.Wait()) {
    // Otherwise every device makes the same plan of it.
    if (plan.auto_precision || plan.bf16_products) {
      plan = MakePlan(
          spec, PrecisionOf(site->machine.probe, site->slots.front().device));
    }
    plan.blas_core = site->machine.blas_core;
    estimate = EstimateHere(plan, *site);
  }
  if (!args.json) {
    Print(PlanText(plan, estimate, OutputWidth()));
    return ExitCode::kOk;
  }
  Json json = ReportJson(plan, estimate.device);
  if (!estimate.slots.empty()) json["estimate"] = ToJson(estimate);
  Print(ReadableText(json));
  return ExitCode::kOk;
}

}  // namespace

void AddPlanCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<PlanArgs>();
  CLI::App* plan =
      app.add_subcommand("plan", "Resolve and check a sweep without training");
  plan->add_option("sweep", args->sweep, "Sweep file (JSON)")->required();
  plan->add_option("--data", args->data,
                   "Data files or directories, in place of the sweep's");
  plan->add_option("--devices", args->devices,
                   "Devices for the estimates: auto, cpu, cuda:0,...");
  plan->add_option(
          "--jobs", args->jobs,
          "Groups at a time, for the estimates (default: one per core; "
          "on a GPU as many as fit and pay)")
      ->check(CLI::Range(1, 4096));
  plan->add_option("--worker", args->worker, "Path of isoflop-worker");
  AddScaleOption(plan, &args->scale);
  plan->add_flag("--json", args->json, "Print the plan as JSON");
  plan->footer("Example:\n  isoflop plan sweeps/demo.json");
  plan->callback([args, exit_code] { *exit_code = RunPlan(*args); });
}

}  // namespace isoflop
