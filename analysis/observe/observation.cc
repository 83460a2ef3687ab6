#include "analysis/observe/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

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
  std::vector<double> values;
  values.reserve(observations.size());
  for (const Observation& o : observations) values.push_back(o.*quantity);
  return values;
}

std::vector<std::size_t> ClassesOf(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<std::size_t> classes(values.size(), 0);
  std::size_t current = 0;
  double first = 0.0;  // of the class; a chain of small steps makes no class
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double value = values[order[k]];
    if (k == 0) first = value;
    if (IsBelow(first, value)) {
      first = value;
      ++current;
    }
    classes[order[k]] = current;
  }
  return classes;
}

std::size_t CountDistinct(const std::vector<double>& values) {
  return values.empty() ? 0 : std::ranges::max(ClassesOf(values)) + 1;
}

std::size_t CountDistinct(std::span<const Observation> observations,
                          double Observation::*quantity) {
  return CountDistinct(ValuesOf(observations, quantity));
}

}  // namespace isoflop
