#include "analysis/observe/law_run.h"

#include "lib/core/transformed.h"

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
  return Transformed(observations, RunOf);
}

}  // namespace isoflop
