#include "analysis/observe/law_run.h"

namespace isoflop {

std::vector<LawRun> RunsOf(std::span<const Observation> observations) {
  std::vector<LawRun> runs;
  runs.reserve(observations.size());
  for (const Observation& o : observations) {
    runs.push_back({.N = o.N,
                    .D = o.D,
                    .U = o.unique_tokens.value_or(o.D),
                    .x = o.C,
                    .y = o.L,
                    .weight = o.weight});
  }
  return runs;
}

}  // namespace isoflop
