// A small IsoFLOP sweep that was planned, and results of a known law.

#pragma once

#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/report/results.h"
#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan.h"

namespace isoflop {

inline constexpr Chinchilla kSampleLaw{
    .E = 1.1, .A = 260.0, .B = 700.0, .alpha = 0.66, .beta = 0.57};

/// Returns a good sweep file: six sizes at four budgets, a small lexicon.
Json SampleSweepFile();

/// The sweep with a result for every run: status ok, and the loss that
/// kSampleLaw gives for its N and D, in the plan's convention.
struct SampleSweep {
  explicit SampleSweep(const Json& sweep_file = SampleSweepFile());

  Json file;
  Plan plan;
  std::vector<RunResult> results;
};

/// Returns results.json as a reader sees it.
Json ResultsJson(const SweepResults& results);

}  // namespace isoflop
