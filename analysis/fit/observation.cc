#include "analysis/fit/observation.h"

#include <algorithm>

#include "lib/core/error.h"

namespace isoflop {
namespace {

std::optional<double> Count(const Observation& observation, ParamsKind kind) {
  return kind == ParamsKind::kTotal ? observation.params_total
                                    : observation.params_non_embedding;
}

}  // namespace

ObservationSet WithParams(const ObservationSet& observations, ParamsKind kind) {
  ObservationSet recounted = observations;
  if (kind == observations.params || kind == ParamsKind::kAsGiven) {
    return recounted;
  }
  recounted.params = kind;
  for (std::size_t i = 0; i < recounted.rows.size(); ++i) {
    Observation& row = recounted.rows[i];
    const std::optional<double> N = Count(row, kind);
    Require(N.has_value(), "{}: observation {} has no params_{}",
            observations.source, i + 1, NameOf(kind));
    row.N = *N;
    if (observations.flops == FlopsKind::kSixND) row.C = SixND(row.N, row.D);
  }
  return recounted;
}

ObservedReach ReachOf(std::span<const Observation> observations) {
  const auto reach = [&](auto quantity) {
    const auto [least, most] = std::ranges::minmax(observations, {}, quantity);
    return Reach{quantity(least), quantity(most)};
  };
  return {.params = reach([](const Observation& o) { return o.N; }),
          .tokens = reach([](const Observation& o) { return o.D; }),
          .tokens_per_param =
              reach([](const Observation& o) { return o.D / o.N; })};
}

std::size_t CountDistinct(std::span<const Observation> observations,
                          double Observation::*quantity) {
  std::vector<double> values;
  values.reserve(observations.size());
  for (const Observation& o : observations) values.push_back(o.*quantity);
  std::ranges::sort(values);
  std::size_t distinct = 0;
  double last = 0.0;
  for (const double value : values) {
    if (distinct > 0 && value <= last * (1.0 + 1e-9)) continue;
    ++distinct;
    last = value;
  }
  return distinct;
}

}  // namespace isoflop
