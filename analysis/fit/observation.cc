#include "analysis/fit/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/core/error.h"

namespace isoflop {
namespace {

template <typename Run>
std::optional<double> Count(const Run& run, ParamsKind kind) {
  return kind == ParamsKind::kTotal ? run.params_total
                                    : run.params_non_embedding;
}

/// Forgets the nominal budgets, which hold for the count of N before.
void ForgetBudgets(ObservationSet* set) {
  bool had_one = false;
  for (Observation& row : set->rows) {
    had_one = had_one || row.budget_flops.has_value();
    row.budget_flops.reset();
  }
  if (!had_one) return;
  set->notes.push_back(fmt::format(
      "N and C count {} parameters, by which the runs of one nominal budget "
      "have not the same C: runs are grouped by C instead",
      NameOf(set->params)));
}

}  // namespace

std::size_t CountDifferentRuns(std::span<const Observation> observations) {
  std::vector<std::pair<double, double>> runs;
  runs.reserve(observations.size());
  for (const Observation& o : observations) runs.emplace_back(o.N, o.D);
  std::ranges::sort(runs);
  const auto distinct = std::unique(runs.begin(), runs.end());
  return static_cast<std::size_t>(distinct - runs.begin());
}

ObservationSet WithParams(const ObservationSet& observations, ParamsKind kind) {
  ObservationSet recounted = observations;
  if (kind == observations.params || kind == ParamsKind::kAsGiven) {
    return recounted;
  }
  recounted.params = kind;
  bool flops_changed = false;
  for (std::size_t i = 0; i < recounted.rows.size(); ++i) {
    Observation& row = recounted.rows[i];
    const std::optional<double> N = Count(row, kind);
    Require(N.has_value(), "{}: observation {} has no params_{}",
            observations.source, i + 1, NameOf(kind));
    row.N = *N;
    if (observations.flops != FlopsKind::kSixND) continue;
    const double C = SixND(row.N, row.D);
    flops_changed = flops_changed || IsBelow(C, row.C) || IsBelow(row.C, C);
    row.C = C;
  }
  for (TrainingCurve& curve : recounted.curves) {
    curve.N = Count(curve, kind).value_or(curve.N);
  }
  if (flops_changed) ForgetBudgets(&recounted);
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

std::size_t CountDistinct(std::vector<double> values) {
  std::ranges::sort(values);
  std::size_t distinct = 0;
  double last = 0.0;
  for (const double value : values) {
    if (distinct > 0 && !IsBelow(last, value)) continue;
    ++distinct;
    last = value;
  }
  return distinct;
}

std::size_t CountDistinct(std::span<const Observation> observations,
                          double Observation::*quantity) {
  std::vector<double> values;
  values.reserve(observations.size());
  for (const Observation& o : observations) values.push_back(o.*quantity);
  return CountDistinct(std::move(values));
}

}  // namespace isoflop
