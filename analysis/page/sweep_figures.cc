// Figures of what a sweep varies beside N and D: the learning-rate check, and
// the curves of its analyses.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analysis/page/figure_parts.h"
#include "analysis/page/json_view.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::string_view kPeakLr = "training.peak_lr";
constexpr std::size_t kMostSeries = 8;

/// Runs that differ in the learning rate only: N and D.
using Cell = std::pair<double, double>;

std::map<Cell, std::vector<DataPoint>> LossesByRate(const SweepFacts& sweep) {
  std::map<std::string, double> rates;
  for (const RunGroup& group : sweep.plan.groups) {
    rates[group.id] = group.training.peak_lr;
  }
  std::map<Cell, std::vector<DataPoint>> cells;
  for (const RunResult& run : sweep.results) {
    const auto rate = rates.find(run.group);
    if (rate == rates.end() || run.status != RunStatus::kOk || !run.loss) {
      continue;
    }
    const auto N = static_cast<double>(Count(
        {.total = run.params_total, .non_embedding = run.params_non_embedding},
        sweep.plan.convention));
    cells[{N, static_cast<double>(run.tokens)}].push_back(
        {.x = rate->second,
         .y = *run.loss,
         .error = run.loss_std_error,
         .remark = run.id});
  }
  std::erase_if(cells, [](const auto& cell) {
    std::set<double> different;
    for (const DataPoint& point : cell.second) different.insert(point.x);
    return different.size() < 2;
  });
  return cells;
}

/// Places `count` of `from`, evenly, both ends among them.
std::vector<std::size_t> Evenly(std::size_t from, std::size_t count) {
  std::vector<std::size_t> chosen;
  if (from <= count) {
    for (std::size_t i = 0; i < from; ++i) chosen.push_back(i);
    return chosen;
  }
  for (std::size_t k = 0; k < count; ++k) {
    chosen.push_back(k * (from - 1) / (count - 1));
  }
  return chosen;
}

bool ScaleWantsLog(const std::vector<double>& values) {
  if (values.empty()) return false;
  const auto [low, high] = std::ranges::minmax_element(values);
  return *low > 0.0 && *high >= 8.0 * *low;
}

/// The settings in which the series of an analysis differ, of this series.
std::string LabelOf(const JsonView& series,
                    const std::vector<std::string>& keys) {
  std::string label;
  for (const std::string& key : keys) {
    const JsonView value = series["of"][key];
    if (!value) continue;
    label += fmt::format("{}{} {}", label.empty() ? "" : ", ",
                         key.substr(key.rfind('.') + 1), WordOf(*value.json()));
  }
  return label;
}

std::vector<std::string> DifferentKeys(const std::vector<JsonView>& series) {
  std::map<std::string, std::set<std::string>> values;
  for (const JsonView& one : series) {
    for (const auto& [key, value] : one["of"].members()) {
      values[key].insert(value.json()->dump());
    }
  }
  std::vector<std::string> keys;
  for (const auto& [key, different] : values) {
    if (different.size() > 1) keys.push_back(key);
  }
  return keys;
}

void AddSeries(const JsonView& series, const std::string& label, int number,
               Panel* panel, std::vector<double>* x, std::vector<double>* y) {
  PointSeries measured{
      .name = label, .hue = Hue::Kind(number), .marker = MarkerOf(number)};
  PointSeries predicted{.name = "predicted",
                        .hue = Hue::Kind(number),
                        .marker = Marker::kCross,
                        .filled = false,
                        .size = 3.6};
  std::vector<Place> joined;
  for (const JsonView& run : series["runs"].items()) {
    const auto at_x = run["x"].number();
    const auto at_y = run["y"].number();
    if (!at_x || !at_y) continue;
    measured.points.push_back({.x = *at_x, .y = *at_y});
    joined.push_back({*at_x, *at_y});
    x->push_back(*at_x);
    y->push_back(*at_y);
    if (const auto value = run["predicted"].number()) {
      predicted.points.push_back({.x = *at_x, .y = *value});
    }
  }
  measured.points = Thinned(measured.points);
  std::ranges::stable_sort(joined, {}, &Place::x);
  if (joined.size() <= kMostPoints) {
    panel->lines.push_back({.name = "",
                            .hue = measured.hue,
                            .width = 0.8,
                            .pieces = {std::move(joined)}});
  }
  panel->points.push_back(std::move(measured));
  if (!predicted.points.empty()) panel->points.push_back(std::move(predicted));
  if (const auto crossing = series["crossing"]["x"].number()) {
    panel->rules.push_back({true, *crossing, "passes " + label});
  }
}

Panel ExperimentPanel(const JsonView& analysis) {
  const std::vector<JsonView> series = analysis["series"].items();
  const std::vector<std::string> keys = DifferentKeys(series);
  Panel panel;
  panel.title = Shortened(analysis["name"].text_or_none(), 40);
  panel.x.title = Shortened(analysis["over"].text_or_none(), 40);
  panel.y.title = Shortened(analysis["value"].text_or_none(), 40);
  std::vector<double> x;
  std::vector<double> y;
  int number = 0;
  for (const std::size_t i : Evenly(series.size(), kMostSeries)) {
    AddSeries(series[i], Shortened(LabelOf(series[i], keys), 36), number++,
              &panel, &x, &y);
  }
  if (ScaleWantsLog(x)) {
    panel.x.scale = ScaleKind::kLog;
    panel.x.ticks = TickStyle::kCounts;
  }
  if (ScaleWantsLog(y)) panel.y.scale = ScaleKind::kLog;
  return panel;
}

}  // namespace

FigureOrReason LearningRateFigure(const ReportSource& source) {
  if (!source.sweep) return {};
  const std::vector<std::string> axes = AxesOf(source.sweep->plan);
  if (std::ranges::find(axes, kPeakLr) == axes.end()) {
    return {.reason =
                "the sweep does not vary training.peak_lr; a sweep of "
                "the smallest and the largest size over three rates "
                "shows whether they suit"};
  }
  const auto cells = LossesByRate(*source.sweep);
  if (cells.empty()) {
    return {.reason =
                "no two runs of one N and D have ended well at different "
                "learning rates"};
  }
  std::vector<Cell> keys;
  keys.reserve(cells.size());
  for (const auto& [cell, points] : cells) keys.push_back(cell);
  Panel panel;
  panel.x = {"peak learning rate", ScaleKind::kLog};
  panel.y = LossAxis(source);
  const auto chosen = Evenly(keys.size(), kMostSeries);
  int number = 0;
  for (const std::size_t i : chosen) {
    std::vector<DataPoint> points = cells.at(keys[i]);
    std::ranges::stable_sort(points, {}, &DataPoint::x);
    std::vector<Place> line;
    line.reserve(points.size());
    for (const DataPoint& point : points) line.push_back({point.x, point.y});
    const Hue hue = Hue::Step(number, static_cast<int>(chosen.size()));
    panel.lines.push_back(
        {.name = "", .hue = hue, .width = 0.9, .pieces = {std::move(line)}});
    panel.points.push_back(
        {.name = fmt::format("N {}, D {}", FormatCount(keys[i].first),
                             FormatCount(keys[i].second)),
         .hue = hue,
         .marker = MarkerOf(number),
         .points = Thinned(points)});
    ++number;
  }
  return {.figure = Figure{
              .id = "learning-rate",
              .title = "The learning-rate check",
              .description = "Final loss over the peak learning rate, a line "
                             "for each N and D.",
              .caption = {"The lowest point of every line should lie at much "
                          "the same rate: where it moves with N, one rate for "
                          "all sizes bends the law. A line whose lowest point "
                          "is at its end does not show what is best. Bars are "
                          "1 standard error; thin lines only join runs of one "
                          "N and D."},
              .panels = {std::move(panel)}}};
}

FigureOrReason ExperimentFigure(const ReportSource& source) {
  if (!source.fit) return {};
  const JsonView list(source.fit->experiments,
                      source.fit->file + ": experiments");
  std::vector<Panel> panels;
  for (const JsonView& analysis : list.items()) {
    Panel panel = ExperimentPanel(analysis);
    if (!panel.points.empty()) panels.push_back(std::move(panel));
  }
  if (panels.empty()) return {};
  return {.figure = Figure{
              .id = "experiments",
              .title = "The analyses of the sweep",
              .description =
                  "Curves of measured numbers, as the sweep file asks for "
                  "them.",
              .caption = {"Filled markers are measured, thin lines only join "
                          "them; crosses are what a law fitted to smaller runs "
                          "predicted. Dashed lines across are crossings."},
              .panels = std::move(panels)}};
}

}  // namespace isoflop
