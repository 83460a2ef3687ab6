#include "analysis/page/figure_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/number_text.h"
#include "lib/core/text.h"
#include "lib/data/example.h"
#include "lib/numeric/moments.h"
#include "lib/numeric/thinned.h"

namespace isoflop {

Axis ParamsAxis() {
  return {"N (parameters)", ScaleKind::kLog, TickStyle::kCounts};
}

Axis TokensAxis() {
  return {"D (training tokens)", ScaleKind::kLog, TickStyle::kCounts};
}

Axis FlopsAxis() { return {"C (FLOPs)", ScaleKind::kLog, TickStyle::kPowers}; }

std::string LossUnitOf(const ReportSource& source) {
  if (source.fit) return source.fit->loss_unit_in_words;
  if (source.sweep) return InWords(source.sweep->plan.data.loss_unit);
  return InWords(LossUnit::kNats);
}

Axis LossAxis(const ReportSource& source) {
  return {fmt::format("loss ({})", LossUnitOf(source))};
}

std::vector<double> LogSpaced(double low, double high, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) {
    const double part = static_cast<double>(i) / (count - 1);
    values.push_back(low * std::pow(high / low, part));
  }
  return values;
}

std::vector<Place> Traced(const std::vector<double>& x,
                          const std::function<double(double)>& function) {
  std::vector<Place> line;
  line.reserve(x.size());
  for (const double at : x) line.push_back({at, function(at)});
  return line;
}

std::vector<DataPoint> Thinned(const std::vector<DataPoint>& points) {
  if (points.size() <= kMostPoints) return points;
  std::vector<double> x;
  std::vector<double> y;
  for (const DataPoint& point : points) {
    x.push_back(point.x);
    y.push_back(point.y);
  }
  std::vector<DataPoint> kept;
  for (const std::size_t i : ThinPoints(x, y, kMostPoints)) {
    kept.push_back(points[i]);
  }
  return kept;
}

std::vector<BandSeries::Row> BandOf(
    const std::vector<Chinchilla>& draws, const std::vector<double>& x,
    const std::function<double(const Chinchilla&, double)>& value) {
  std::vector<BandSeries::Row> rows;
  if (draws.empty()) return rows;
  for (const double at : x) {
    std::vector<double> values;
    values.reserve(draws.size());
    for (const Chinchilla& law : draws) values.push_back(value(law, at));
    std::ranges::sort(values);
    rows.push_back({at, Percentile(values, 0.025), Percentile(values, 0.975)});
  }
  return rows;
}

std::string LeftOutInWords(const Figure& figure) {
  int without_place = 0;
  int outside = 0;
  for (const Panel& panel : figure.panels) {
    without_place += PointsWithoutPlace(panel);
    outside += PointsOutsideFrame(panel);
  }
  std::string text;
  if (without_place > 0) {
    text += fmt::format(
        "{} not drawn: a logarithmic axis has no place for values that are not "
        "above 0. ",
        Counted(without_place, "point"));
  }
  if (outside > 0) {
    text += fmt::format(
        "{} outside of the frame. ",
        outside == 1 ? "1 point lies" : fmt::format("{} points lie", outside));
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string DecadesText(double decades) {
  const std::string number = fmt::format("{:.2g}", decades);
  return number + (number == "1" ? " decade" : " decades");
}

std::string FlopsText(double flops) { return FormatScientific(flops); }

PanelSize SizeOf(const Figure& figure) {
  if (figure.panels.size() == 1) return {.width = 720.0, .height = 440.0};
  return {.width = 356.0, .height = 293.0 + 17.0 * figure.legend_rows};
}

}  // namespace isoflop
