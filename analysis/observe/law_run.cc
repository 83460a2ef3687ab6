#include "analysis/observe/law_run.h"

namespace isoflop {

LawRun RunOf(const Observation& observation) {
  return {.N = observation.N,
          .D = observation.D,
          .U = observation.unique_tokens.value_or(observation.D),
          .x = observation.C,
          .y = observation.L,
          .weight = observation.weight};
}

std::vector<LawRun> RunsOf(std::span<const Observation> observations) {
  std::vector<LawRun> runs;
  runs.reserve(observations.size());
  for (const Observation& o : observations) runs.push_back(RunOf(o));
  return runs;
}

}  // namespace isoflop
