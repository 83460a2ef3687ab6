// `isoflop plan`: resolve and check a sweep without training.

#include <fmt/core.h>

#include <memory>
#include <string>
#include <vector>

#include "apps/isoflop/commands.h"
#include "apps/isoflop/plan_text.h"
#include "lib/execute/cost_model.h"
#include "lib/execute/probe.h"
#include "lib/execute/slots.h"
#include "lib/execute/worker_path.h"
#include "lib/sweep/plan.h"

namespace isoflop {
namespace {

struct PlanArgs {
  std::string sweep;
  std::vector<std::string> data;
  std::string devices = "auto";
  std::string worker;
  bool json = false;
};

/// How long a plan takes here, where a worker can be asked.
struct TimeEstimate {
  std::optional<double> wall_seconds;
  std::string machine;
};

TimeEstimate EstimateTime(const Plan& plan, const PlanArgs& args) {
  const auto worker = FindWorkerIfAny(args.worker);
  if (!worker) return {};
  const ProbeReport probe = Probe(*worker);
  const auto slots = ResolveSlots(args.devices, std::nullopt, probe);
  return {EstimateWallSeconds(plan.groups, slots, CostModel(probe)),
          fmt::format("{} x {}", slots.size(), slots.front().device)};
}

ExitCode RunPlan(const PlanArgs& args) {
  const Plan plan = MakePlan(LoadSweep(args.sweep, {.data_paths = args.data}));
  const TimeEstimate estimate = EstimateTime(plan, args);
  if (!args.json) {
    fmt::print("{}", PlanText(plan, estimate.wall_seconds, estimate.machine));
    return ExitCode::kOk;
  }
  Json json = ToJson(plan);
  if (estimate.wall_seconds) {
    json["estimate"] = {{"wall_seconds", *estimate.wall_seconds},
                        {"machine", estimate.machine}};
  }
  fmt::print("{}", ReadableText(json));
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
                   "Devices for the time estimate: auto, cpu, cuda:0,...");
  plan->add_option("--worker", args->worker, "Path of isoflop-worker");
  plan->add_flag("--json", args->json, "Print the plan as JSON");
  plan->footer("Example:\n  isoflop plan sweeps/demo.json");
  plan->callback([args, exit_code] { *exit_code = RunPlan(*args); });
}

}  // namespace isoflop
