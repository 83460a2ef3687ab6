#include "analysis/fit/conventions.h"

#include <algorithm>

namespace isoflop {
namespace {

bool HasBoth(const Observation& o) {
  return o.params_total.value_or(0.0) > 0.0 &&
         o.params_non_embedding.value_or(0.0) > 0.0;
}

bool Differ(const Observation& o) {
  return IsBelow(*o.params_non_embedding, *o.params_total);
}

}  // namespace

std::vector<ConventionFit> CompareConventions(
    const ObservationSet& observations, const ObjectiveOptions& objective,
    IsoflopOptions isoflop, std::span<const std::size_t> unexplained) {
  const auto& rows = observations.rows;
  if (!std::ranges::all_of(rows, HasBoth) ||
      std::ranges::none_of(rows, Differ)) {
    return {};
  }
  std::vector<ConventionFit> fits;
  for (const ParamsKind kind :
       {ParamsKind::kTotal, ParamsKind::kNonEmbedding}) {
    const ObservationSet counted = WithParams(observations, kind);
    fits.push_back(
        {.params = kind,
         .chinchilla = FitChinchilla(counted.rows, objective),
         .isoflop = FitIsoflopWithout(unexplained, counted.rows, isoflop)});
  }
  return fits;
}

}  // namespace isoflop
