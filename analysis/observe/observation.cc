#include "analysis/observe/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "lib/core/error.h"
#include "lib/core/transformed.h"

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

std::vector<double> ValuesOf(std::span<const Observation> observations,
                             double Observation::*quantity) {
  return Transformed(observations, quantity);
}

std::size_t CountDistinct(std::span<const Observation> observations,
                          double Observation::*quantity) {
  return CountDistinct(ValuesOf(observations, quantity));
}

bool NamesRows(std::span<const Observation> observations, std::size_t setting) {
  std::set<int> values;
  return std::ranges::all_of(observations, [&](const Observation& o) {
    return values.insert(o.settings[setting]).second;
  });
}

std::size_t CountDifferent(std::span<const Observation> observations) {
  if (observations.empty()) return 0;
  std::vector<std::size_t> telling;
  for (std::size_t s = 0; s < observations.front().settings.size(); ++s) {
    if (!NamesRows(observations, s)) telling.push_back(s);
  }
  std::set<std::tuple<double, double, double, std::optional<std::int64_t>,
                      std::vector<int>>>
      different;
  for (const Observation& o : observations) {
    different.emplace(
        o.N, o.D, o.L, o.seed,
        Transformed(telling, [&](std::size_t s) { return o.settings[s]; }));
  }
  return different.size();
}

}  // namespace isoflop
