#include "tests/scale/many_runs.h"

#include <cmath>
#include <utility>

#include "lib/core/random.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"
#include "lib/sweep/sweep_spec.h"
#include "tests/support/fake_law.h"

namespace isoflop {
namespace {

constexpr std::int64_t kRunsOfASeed = 16;
constexpr double kNoise = 0.002;  // standard deviation of ln L

RunResult ResultOf(const RunGroup& group, const PlannedRun& run,
                   RandomStream* random) {
  RunResult result = ResultFor(group, run);
  const double loss = FakeLaw{}.Loss(static_cast<double>(group.params.total),
                                     static_cast<double>(run.tokens));
  result.loss = loss * std::exp(kNoise * random->Normal());
  result.loss_std_error = 0.001;
  result.train_loss = result.loss;
  result.wall_seconds = 1.0;
  result.tokens_per_second = static_cast<double>(run.tokens);
  result.device = Json{{"kind", "cpu"}, {"name", "none"}, {"threads", 1}};
  result.software = Json{{"isoflop", "none"}};
  result.finished_at = "2026-01-31T23:59:59Z";
  return result;
}

}  // namespace

Json ManyRunsSweepFile(std::int64_t runs) {
  Json file = ParseJson(R"({
    "schema": "isoflop.sweep/1",
    "name": "many-runs",
    "data": {"kind": "lexicon", "words": 1024, "eval_tokens": 4096},
    "model": {"context": 16, "layers": 2, "heads": 2},
    "grid": {"sizes": [{"d_model": 16}, {"d_model": 24}, {"d_model": 32},
                       {"d_model": 48}],
             "tokens": [128000, 256000, 512000, 1024000]},
    "training": {"batch_tokens": 256, "schedule": {"warmup_steps": 50}}
  })",
                        "many-runs.json");
  Json seeds = Json::array();
  for (std::int64_t seed = 0; seed * kRunsOfASeed < runs; ++seed) {
    seeds.push_back(seed);
  }
  file["seeds"] = std::move(seeds);
  return file;
}

std::int64_t WriteManyRuns(const std::filesystem::path& path,
                           std::int64_t runs) {
  const SweepSpec spec = ParseSweep(ManyRunsSweepFile(runs), "many-runs.json");
  const Plan plan = MakePlan(spec);
  const SweepDir dir(path);
  PrepareSweepDir(dir, spec, plan);
  RandomStream random(1);
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      StoreResult(dir, ResultOf(group, run, &random));
    }
  }
  return Totals(plan).runs;
}

}  // namespace isoflop
