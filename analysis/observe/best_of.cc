#include "analysis/observe/best_of.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

/// Runs of one (N, D) and label, by their settings.
using Combinations = std::map<std::vector<int>, std::vector<std::size_t>>;

std::vector<std::size_t> IndicesOf(const std::vector<std::string>& settings,
                                   const ObservationSet& set) {
  const auto names = Transformed(set.settings, &SettingColumn::name);
  return Transformed(settings, [&](const std::string& setting) {
    const auto found = std::ranges::find(names, setting);
    Require(found != names.end(),
            "--best-of: {} has no setting '{}'{}; there are {}", set.source,
            setting, Suggestion(setting, names),
            names.empty() ? "none" : ShortList(names));
    return static_cast<std::size_t>(found - names.begin());
  });
}

double MeanLoss(const std::vector<std::size_t>& runs,
                const std::vector<Observation>& rows) {
  double sum = 0.0;
  for (const std::size_t i : runs) sum += rows[i].L;
  return sum / static_cast<double>(runs.size());
}

}  // namespace

void TakeBest(const std::vector<std::string>& settings,
              LabelledObservations* observations) {
  if (settings.empty()) return;
  ObservationSet& set = observations->set;
  std::vector<std::string>& labels = observations->labels;
  const std::vector<std::size_t> columns = IndicesOf(settings, set);
  std::map<std::tuple<double, double, std::string>, Combinations> places;
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    const Observation& o = set.rows[i];
    const auto combination = Transformed(
        columns, [&](std::size_t column) { return o.settings[column]; });
    places[{o.N, o.D, labels.empty() ? "" : labels[i]}][combination].push_back(
        i);
  }
  std::vector<std::size_t> kept;
  for (const auto& [place, combinations] : places) {
    const auto& [best, runs] = *std::ranges::min_element(
        combinations, {},
        [&](const auto& entry) { return MeanLoss(entry.second, set.rows); });
    kept.insert(kept.end(), runs.begin(), runs.end());
  }
  std::ranges::sort(kept);
  const std::size_t read = set.rows.size();
  set.rows = Transformed(kept, [&](std::size_t i) { return set.rows[i]; });
  if (!labels.empty()) {
    labels = Transformed(kept, [&](std::size_t i) { return labels[i]; });
  }
  set.notes.push_back(fmt::format(
      "of each (N, D) the {} with the lowest loss: {} of {} rows; the lowest "
      "of several is low by chance too",
      fmt::join(settings, ", "), kept.size(), read));
}

}  // namespace isoflop
