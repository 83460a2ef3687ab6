// `isoflop bench`: how fast this machine trains, and how long a sweep will
// take.

#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/isoflop/bench_text.h"
#include "apps/isoflop/commands.h"
#include "apps/isoflop/output_file.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
#include "lib/execute/cost_model.h"
#include "lib/execute/room.h"
#include "lib/machine/bench.h"
#include "lib/machine/bench_cases.h"
#include "lib/machine/bench_result.h"
#include "lib/machine/probe.h"
#include "lib/machine/slots.h"
#include "lib/machine/worker_path.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {
namespace {

struct BenchArgs {
  BenchAxes axes;
  std::string sweep;
  std::vector<std::string> data;
  std::string device = "auto";
  double seconds = 2.0;
  std::optional<std::int64_t> jobs;
  bool profile = false;
  bool json = false;
  OutputFile out;
  std::string worker;
};

/// What is measured, where, and how much of it at a time.
struct BenchWork {
  std::vector<RunGroup> cases;
  std::optional<Plan> plan;  // of --sweep
  std::vector<Slot> slots;
  Machine machine;
};

BenchWork Prepare(const BenchArgs& args, const DevicePrecision& precision) {
  Require(args.seconds >= 0.01 && args.seconds <= 86400.0,
          "--seconds: must be from 0.01 to 86400, got {}", args.seconds);
  BenchWork work;
  if (args.sweep.empty()) {
    work.cases = BenchCases(args.axes, precision);
  } else {
    work.plan =
        MakePlan(LoadSweep(args.sweep, {.data_paths = args.data}), precision);
    work.cases = DistinctCases(*work.plan);
  }
  return work;
}

/// A sweep has the workers that it would have; a case is alone, unless --jobs
/// says otherwise.
BenchWork PrepareHere(const BenchArgs& args,
                      const std::filesystem::path& worker) {
  Machine machine = ProbeMachine(worker);
  const auto jobs = args.sweep.empty() ? args.jobs.value_or(1) : args.jobs;
  const auto slots = ResolveSlots(args.device, jobs, machine.probe);
  BenchWork work =
      Prepare(args, PrecisionOf(machine.probe, slots.front().device));
  work.slots = slots;
  work.machine = std::move(machine);
  return work;
}

/// How many cases are measured at a time: on a GPU one, since what a group
/// makes of it alone is what decides how many of a sweep share it.
std::ptrdiff_t AtATime(const std::vector<Slot>& slots) {
  if (slots.front().sharing == Sharing::kWhereItPays) return 1;
  return std::ranges::count(slots, slots.front());
}

BenchOutcome Measure(const BenchArgs& args, const BenchWork& work) {
  const Slot& first = work.slots.front();
  const auto at_a_time = AtATime(work.slots);
  Say(fmt::format("bench: {}, {} at a time on {}",
                  Counted(work.cases.size(), "case"), at_a_time, first.device));
  return MeasureGroups(work.cases,
                       {.worker = work.machine.worker,
                        .device = first.device,
                        .seconds = args.seconds,
                        .profile = args.profile,
                        .at_a_time = static_cast<std::size_t>(at_a_time)});
}

std::vector<BenchResult> Results(const BenchWork& work,
                                 const std::vector<BenchReport>& reports) {
  const DeviceKind kind = KindOf(work.slots.front());
  std::vector<BenchResult> results;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const RunGroup& group = work.cases[i];
    results.push_back({group, reports[i],
                       kind == DeviceKind::kCpu
                           ? EstimateWorkerBytes(group, work.machine.probe)
                           : EstimateMemoryBytes(group, kind)});
  }
  return results;
}

SweepPrediction Predict(const BenchWork& work,
                        const std::vector<BenchResult>& results) {
  const std::string& device = work.slots.front().device;
  CostModel cost(work.machine.probe);
  for (const BenchResult& result : results) {
    cost.Observe(result.group, device, result.report.tokens_per_second.median,
                 /*alone=*/AtATime(work.slots) == 1);
  }
  return {work.plan->name, Totals(*work.plan), work.plan->groups.size(),
          Describe(work.slots),
          EstimateWallSeconds(work.plan->groups, work.slots, cost)};
}

void Report(const BenchArgs& args, const std::vector<BenchResult>& results,
            const std::optional<SweepPrediction>& sweep) {
  const Json json = BenchJson(results, sweep);
  // First what cannot be lost to a file that cannot be written.
  Print(args.json ? ReadableText(json)
                  : BenchText(results, sweep, OutputWidth()));
  if (!args.out.path.empty()) WriteJsonFile(args.out.path, json);
}

void CheckBenchOutput(const BenchArgs& args, const std::optional<Plan>& plan) {
  OutputFile output = args.out;
  output.inputs.assign(args.data.begin(), args.data.end());
  if (plan) output.inputs.emplace_back(args.sweep);
  RequireMayWriteJson(output, kBenchSchema, "sweep", [&](const Json& there) {
    return TextAt(there, "/sweep/name") == (plan ? plan->name : "");
  });
}

ExitCode RunBench(const BenchArgs& args) {
  // What is wrong is found without a worker.
  CheckBenchOutput(args, Prepare(args, {}).plan);
  const BenchWork work = PrepareHere(args, FindWorker(args.worker));
  const BenchOutcome outcome = Measure(args, work);
  if (outcome.signal) {
    return StoppedBy(*outcome.signal);
  }
  const auto results = Results(work, outcome.reports);
  std::optional<SweepPrediction> sweep;
  if (work.plan) sweep = Predict(work, results);
  Report(args, results, sweep);
  return ExitCode::kOk;
}

/// What is measured: cases of one's own, or a sweep's.
void AddCaseOptions(CLI::App* bench, BenchArgs* args) {
  CLI::Option* sweep = bench->add_option(
      "--sweep", args->sweep,
      "Measure the shapes of this sweep, and predict its wall time");
  bench
      ->add_option("--data", args->data,
                   "Data files or directories, in place of the sweep's")
      ->needs(sweep);
  const auto add = [&](const char* name, auto* values, const char* what) {
    return bench->add_option(name, *values, what)->excludes(sweep);
  };
  add("--shape", &args->axes.shapes,
      "d_model=256,layers=6,heads=4,context=128,...: keys of a sweep's sizes "
      "and model (default: d64 L2 to d512 L8)");
  add("--precision", &args->axes.precisions, "One or more of fp32, bf16, auto")
      ->delimiter(',');
  add("--batch-tokens", &args->axes.batch_tokens, "Tokens of an update: N,N...")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  add("--micro-batch-tokens", &args->axes.micro_batch_tokens,
      "Tokens at a time: N,N... (default: the batch)")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
}

void AddOptions(CLI::App* bench, BenchArgs* args) {
  AddCaseOptions(bench, args);
  bench->add_option("--device", args->device, "auto, cpu or cuda:N")
      ->capture_default_str();
  bench->add_option("--seconds", args->seconds, "Of measuring, for each case")
      ->capture_default_str();
  bench
      ->add_option("--jobs", args->jobs,
                   "Cases at a time (default: 1; with --sweep, one per core or "
                   "GPU)")
      ->check(CLI::Range(1, 4096));
  bench->add_flag("--profile", args->profile, "Say where a step's time goes");
  bench->add_flag("--json", args->json, "Print the report as JSON");
  bench->add_option("-o,--output", args->out.path,
                    "Write it as JSON to this file");
  AddForceOption(bench, &args->out);
  bench->add_option("--worker", args->worker, "Path of isoflop-worker");
}

}  // namespace

void AddBenchCommand(CLI::App& app, ExitCode* exit_code) {
  auto args = std::make_shared<BenchArgs>();
  CLI::App* bench = app.add_subcommand(
      "bench", "Measure how fast this machine trains, or will train a sweep");
  AddOptions(bench, args.get());
  bench->footer(
      "Examples:\n"
      "  isoflop bench --shape d_model=256,layers=6 --precision fp32,bf16\n"
      "  isoflop bench --sweep sweeps/demo.json");
  bench->callback([args, exit_code] { *exit_code = RunBench(*args); });
}

}  // namespace isoflop
