#include "analysis/diagnose/pooled_settings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "analysis/observe/cells.h"
#include "analysis/solve/limits.h"
#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/moments.h"
#include "lib/numeric/order.h"
#include "lib/numeric/robust_scale.h"

namespace isoflop {
namespace {

/// The standard error of a median in those of a mean: sqrt(pi / 2).
constexpr double kMedianError = 1.2533141373155003;
constexpr std::size_t kFewestOfValue = 3;
constexpr double kSplitByChance = 0.02;
constexpr double kShift = 2.0;  // in deviations within values
constexpr double kCurveByChance = 0.001;
constexpr double kEffectByChance = 0.01;

using Rows = std::vector<std::size_t>;

/// The rows of each value of a setting, by its index.
std::vector<Rows> RowsOfValues(std::span<const Observation> runs,
                               std::span<const SettingColumn> settings,
                               std::size_t setting) {
  std::vector<Rows> rows(settings[setting].values.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    rows[static_cast<std::size_t>(runs[i].settings[setting])].push_back(i);
  }
  std::erase_if(rows, [](const Rows& r) { return r.empty(); });
  return rows;
}

bool DiffersIn(std::span<const Observation> runs, const Rows& rows,
               std::size_t setting) {
  return std::ranges::any_of(rows, [&](std::size_t i) {
    return runs[i].settings[setting] != runs[rows.front()].settings[setting];
  });
}

double SpreadOf(std::span<const Observation> runs, const Rows& rows) {
  const auto losses =
      Transformed(rows, [&](std::size_t i) { return runs[i].L; });
  const auto [low, high] = std::ranges::minmax(losses);
  return high / low - 1.0;
}

/// Whether the values follow each other as a quantity grows, each in one piece.
bool GoesWith(std::span<const Observation> runs, std::size_t setting,
              std::size_t values, double (*quantity)(const Observation&)) {
  const auto order =
      OrderBy(runs.size(), [&](std::size_t i) { return quantity(runs[i]); });
  std::size_t changes = 0;
  for (std::size_t k = 1; k < order.size(); ++k) {
    if (runs[order[k]].settings[setting] !=
        runs[order[k - 1]].settings[setting]) {
      ++changes;
    }
  }
  return changes + 1 == values;
}

bool GoesWithAny(std::span<const Observation> runs, std::size_t setting,
                 std::size_t values) {
  using O = const Observation&;
  return GoesWith(runs, setting, values, [](O o) { return o.N; }) ||
         GoesWith(runs, setting, values, [](O o) { return o.D; }) ||
         GoesWith(runs, setting, values, [](O o) { return o.C; }) ||
         GoesWith(runs, setting, values, [](O o) { return o.D / o.N; });
}

std::vector<double> Pick(const std::vector<double>& values, const Rows& rows) {
  return Transformed(rows, [&](std::size_t i) { return values[i]; });
}

/// Measured over predicted, so that a shift is one of the loss.
std::vector<double> LogLosses(const Residuals& residuals) {
  return Transformed(residuals.runs,
                     [](const RunResidual& r) { return -r.log_residual; });
}

/// Deviations of every row from the median of its value.
double ScatterWithin(const std::vector<double>& logs,
                     const std::vector<Rows>& values) {
  std::vector<double> deviations;
  for (const Rows& rows : values) {
    const double middle = Median(Pick(logs, rows));
    for (const std::size_t i : rows) deviations.push_back(logs[i] - middle);
  }
  return ScaledMedianDeviation(deviations);
}

/// Returns how one value lies against the others.
SplitSetting SplitBy(const std::vector<double>& logs, const Rows& rows,
                     double scatter) {
  Rows rest;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (!std::ranges::binary_search(rows, i)) rest.push_back(i);
  }
  SplitSetting split;
  split.shift = Median(Pick(logs, rows)) - Median(Pick(logs, rest));
  split.scatter = scatter;
  split.deviations = std::abs(split.shift) /
                     (kMedianError * scatter *
                      std::sqrt(1.0 / static_cast<double>(rows.size()) +
                                1.0 / static_cast<double>(rest.size())));
  return split;
}

/// Of two values, which lie equally far from each other, the rarer one.
bool IsClearer(const SplitSetting& split, const Rows& rows,
               const SplitSetting& best, std::size_t best_rows) {
  if (split.deviations != best.deviations) {
    return split.deviations > best.deviations;
  }
  return rows.size() < best_rows;
}

bool CanSplit(std::span<const Observation> runs, std::size_t setting,
              const std::vector<Rows>& values) {
  const auto large = std::ranges::count_if(
      values, [](const Rows& rows) { return rows.size() >= kFewestOfValue; });
  return large >= 2 && 3 * values.size() <= runs.size() &&
         !GoesWithAny(runs, setting, values.size());
}

/// Whether every value has rows at one N and at different D.
bool AreCurves(std::span<const Observation> runs,
               const std::vector<Rows>& values) {
  return std::ranges::all_of(values, [&](const Rows& rows) {
    std::set<double> tokens;
    return std::ranges::all_of(rows, [&](std::size_t i) {
      return runs[i].N == runs[rows.front()].N &&
             tokens.insert(runs[i].D).second;
    });
  });
}

/// One-way analysis of variance.
struct ClassTest {
  double F = 0.0;  // infinite where nothing is left within classes
  double p_value = 1.0;
};

/// Tests whether the means of classes differ; `known` degrees of freedom are
/// used up beforehand. Nothing where none are left.
std::optional<ClassTest> TestClasses(const std::vector<double>& numbers,
                                     const std::vector<Rows>& classes,
                                     std::size_t known) {
  const double numerator = static_cast<double>(classes.size()) - 1.0;
  const double denominator = static_cast<double>(numbers.size()) - numerator -
                             static_cast<double>(known);
  if (numerator < 1.0 || denominator < 1.0) return std::nullopt;
  double within = 0.0;
  for (const Rows& rows : classes) {
    within += SquaresAboutMean(Pick(numbers, rows));
  }
  const double between = SquaresAboutMean(numbers) - within;
  if (!(between > 0.0)) return std::nullopt;
  if (!(within > 0.0)) return ClassTest{.F = kInfinity, .p_value = 0.0};
  ClassTest test;
  test.F = between / numerator / (within / denominator);
  test.p_value = FUpperTail(test.F, numerator, denominator);
  return test;
}

/// Returns the intraclass correlation (F - 1) / (F - 1 + n_0) of numbers in
/// classes of n_0 each, where the F test sees one; else nothing.
std::optional<double> IntraclassCorrelation(const std::vector<double>& numbers,
                                            const std::vector<Rows>& classes) {
  const auto test = TestClasses(numbers, classes, 1);
  if (!test || test->p_value >= kCurveByChance) return std::nullopt;
  if (std::isinf(test->F)) return 1.0;
  const double each =
      static_cast<double>(numbers.size()) / static_cast<double>(classes.size());
  return (test->F - 1.0) / (test->F - 1.0 + each);
}

/// Whether log losses, less the mean of their place, go with a setting.
bool HasEffect(std::span<const Observation> runs, std::size_t setting,
               const std::vector<Rows>& cells) {
  std::vector<double> distances;
  std::map<int, Rows> classes;
  for (const Rows& rows : cells) {
    const double mean = Mean(
        Transformed(rows, [&](std::size_t i) { return std::log(runs[i].L); }));
    for (const std::size_t i : rows) {
      classes[runs[i].settings[setting]].push_back(distances.size());
      distances.push_back(std::log(runs[i].L) - mean);
    }
  }
  std::vector<Rows> values;
  values.reserve(classes.size());
  for (auto& [value, rows] : classes) values.push_back(std::move(rows));
  const auto test = TestClasses(distances, values, cells.size());
  return test && test->p_value < kEffectByChance;
}

}  // namespace

std::optional<RepeatedSettings> SettingsOfRepeats(
    std::span<const Observation> runs,
    std::span<const SettingColumn> settings) {
  auto cells = Cells(runs);
  std::erase_if(cells, [](const Rows& rows) { return rows.size() < 2; });
  if (cells.empty()) return std::nullopt;
  RepeatedSettings found;
  for (std::size_t s = 0; s < settings.size(); ++s) {
    if (NamesRows(runs, s)) continue;
    const auto differing = std::ranges::count_if(
        cells, [&](const Rows& rows) { return DiffersIn(runs, rows, s); });
    if (2 * static_cast<std::size_t>(differing) < cells.size() ||
        !HasEffect(runs, s, cells)) {
      continue;
    }
    found.names.push_back(settings[s].name);
  }
  found.cells = static_cast<int>(cells.size());
  found.spread = Median(Transformed(
      cells, [&](const Rows& rows) { return SpreadOf(runs, rows); }));
  if (found.names.empty() || !(found.spread > 0.0)) return std::nullopt;
  return found;
}

std::optional<SplitSetting> SettingThatSplits(
    std::span<const Observation> runs, std::span<const SettingColumn> settings,
    const Residuals& residuals) {
  const std::vector<double> logs = LogLosses(residuals);
  std::optional<SplitSetting> best;
  std::size_t best_rows = 0;
  for (std::size_t s = 0; s < settings.size(); ++s) {
    const auto values = RowsOfValues(runs, settings, s);
    if (!CanSplit(runs, s, values)) continue;
    const double scatter = ScatterWithin(logs, values);
    const double limit = StudentTQuantile(
        1.0 - kSplitByChance /
                  (2.0 * static_cast<double>(settings.size() * values.size())),
        kMedianDeviationEfficiency *
            static_cast<double>(runs.size() - values.size()));
    for (const Rows& rows : values) {
      if (rows.size() < kFewestOfValue || !(scatter > 0.0)) continue;
      SplitSetting split = SplitBy(logs, rows, scatter);
      const bool splits =
          split.deviations > limit && std::abs(split.shift) > kShift * scatter;
      if (!splits || (best && !IsClearer(split, rows, *best, best_rows))) {
        continue;
      }
      split.name = settings[s].name;
      split.value =
          settings[s]
              .values[static_cast<std::size_t>(runs[rows.front()].settings[s])];
      best = std::move(split);
      best_rows = rows.size();
    }
  }
  return best;
}

std::optional<SharedCurves> ColumnOfCurves(
    std::span<const Observation> runs, std::span<const SettingColumn> settings,
    const Residuals& residuals) {
  if (std::ranges::any_of(
          runs, [](const Observation& o) { return !o.group.empty(); })) {
    return std::nullopt;
  }
  const std::vector<double> logs = LogLosses(residuals);
  for (std::size_t s = 0; s < settings.size(); ++s) {
    const auto values = RowsOfValues(runs, settings, s);
    const double each =
        static_cast<double>(runs.size()) / static_cast<double>(values.size());
    if (values.size() < 2 || each < kFewestOfCurve ||
        !AreCurves(runs, values)) {
      continue;
    }
    const auto correlation = IntraclassCorrelation(logs, values);
    if (!correlation || *correlation <= 0.5) continue;
    return SharedCurves{.name = settings[s].name,
                        .curves = static_cast<int>(values.size()),
                        .rows_each = each,
                        .correlation = *correlation};
  }
  return std::nullopt;
}

}  // namespace isoflop
