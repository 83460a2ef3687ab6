// `isoflop allocate`: how a budget is best spent, by a fit.

#include <fmt/core.h>

#include <memory>
#include <string>
#include <vector>

#include "analysis/report/allocation_report.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

struct AllocateArgs {
  std::string fit;
  std::vector<double> flops;
  bool json = false;
};

void RequireBudgets(const std::vector<double>& budgets) {
  for (const double flops : budgets) {
    Require(flops > 0.0 && flops <= 1e40,
            "--flops: must be above 0 and at most 1e40, got {}", flops);
  }
}

ExitCode RunAllocate(const AllocateArgs& args) {
  RequireBudgets(args.flops);
  const StoredFit fit = LoadFit(args.fit);
  if (fit.status != FitStatus::kOk) {
    fmt::print(stderr, "isoflop: {}: no law to allocate by: {}\n", args.fit,
               fit.reason);
    return ExitCode::kUnsupported;
  }
  const std::vector<Allocation> allocations = Allocate(fit, args.flops);
  if (args.json) {
    fmt::print("{}", ReadableText(AllocationJson(fit, allocations)));
  } else {
    fmt::print("{}",
               AllocationText(allocations, fit.largest_flops, OutputWidth()));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddAllocateCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<AllocateArgs>();
  CLI::App* allocate = app.add_subcommand(
      "allocate", "Compute-optimal N* and D* at any budget, by a fit");
  allocate->add_option("fit", args->fit, "A fit.json")->required();
  allocate->add_option("--flops", args->flops, "Budgets C, in FLOPs")
      ->required()
      ->delimiter(',');
  allocate->add_flag("--json", args->json, "Print JSON");
  allocate->footer(
      "Example:\n  isoflop allocate runs/demo/fit.json --flops 1e13 1e14");
  allocate->callback([args, exit_code] { *exit_code = RunAllocate(*args); });
}

}  // namespace isoflop
