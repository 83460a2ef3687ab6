#include "tests/report/sample_sweep.h"

#include <fmt/format.h>

#include "lib/sweep/sweep_spec.h"

namespace isoflop {
namespace {

RunResult OkResult(const RunGroup& group, const PlannedRun& run) {
  RunResult result = ResultFor(group, run);
  const auto N = static_cast<double>(Count(group.params, group.convention));
  result.loss = Loss(kSampleLaw, N, static_cast<double>(run.tokens));
  result.loss_std_error = 0.0041;
  result.train_loss = *result.loss + 0.02;
  result.wall_seconds = 1.5;
  result.tokens_per_second = 140e3;
  result.device = Json{{"kind", "cpu"}, {"name", "test"}, {"threads", 1}};
  result.software = Json{{"isoflop", "0.1.0"}, {"libtorch", "1.13.0"}};
  result.finished_at = "2026-01-31T12:00:00Z";
  return result;
}

}  // namespace

Json SampleSweepFile() {
  return ParseJson(R"({
    "schema": "isoflop.sweep/1",
    "name": "sample",
    "data": { "kind": "lexicon", "vocab_size": 32, "words": 64,
              "word_length": 4, "eval_tokens": 1024 },
    "model": { "context": 32, "layers": 2, "heads": 2 },
    "grid": { "sizes": [ { "d_model": 12 }, { "d_model": 16 },
                         { "d_model": 24 }, { "d_model": 32 },
                         { "d_model": 48 }, { "d_model": 64 } ],
              "budgets_flops": [2e10, 4.3e10, 9.3e10, 2e11],
              "tokens_range": [50e3, 20e6] },
    "training": { "schedule": { "warmup_steps": 20 } },
    "seeds": [0]
  })",
                   "sample.json");
}

SampleSweep::SampleSweep(const Json& sweep_file)
    : file(sweep_file), plan(MakePlan(ParseSweep(file, "sample.json"))) {
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      results.push_back(OkResult(group, run));
    }
  }
}

Json ResultsJson(const SweepResults& results) {
  return ParseJson(fmt::to_string(fmt::join(ResultsText(results), "")),
                   "results.json");
}

}  // namespace isoflop
