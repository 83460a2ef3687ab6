// What was measured about a case, and what follows from it.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/record/bench_protocol.h"
#include "lib/sweep/plan.h"

namespace isoflop {

inline constexpr std::string_view kBenchSchema = "isoflop.bench/1";

struct BenchResult {
  RunGroup group;
  BenchReport report;
  double estimated_memory_bytes = 0.0;  // EstimateWorkerBytes, or on a GPU
                                        // EstimateMemoryBytes
};

/// What a sweep would take, by these results.
struct SweepPrediction {
  std::string name = {};
  PlanTotals totals = {};
  std::size_t groups = 0;
  std::string slots = {};  // "2 x cpu"
  std::optional<double> wall_seconds = {};
};

/// Returns 6 N times the median tokens per second, N by the group's convention.
double FlopsPerSecond6N(const BenchResult& result);

/// Returns the FLOP/s of every matrix product, attention included (see
/// TrainingFlopsPerToken).
double ExactFlopsPerSecond(const BenchResult& result);

/// Returns ExactFlopsPerSecond over that of a plain matrix product.
double ShareOfMatmul(const BenchResult& result);

/// Returns "d64 L2 T128".
std::string CaseLabel(const RunGroup& group);

/// Returns the whole report; see docs/files.md.
Json BenchJson(const std::vector<BenchResult>& results,
               const std::optional<SweepPrediction>& sweep);

}  // namespace isoflop
