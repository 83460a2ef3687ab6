#include "lib/plot/vega_lite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/plot/axis.h"
#include "lib/plot/palette.h"

namespace isoflop {
namespace {

std::string ColourAlone(const Hue& hue) {
  return ColourOf(hue, ColourStyle::kAlone);
}

const char* ShapeOf(Marker marker) {
  switch (marker) {
    case Marker::kCircle:
      return "circle";
    case Marker::kSquare:
      return "square";
    case Marker::kTriangle:
      return "triangle-up";
    case Marker::kDiamond:
      return "diamond";
    case Marker::kCross:
      // Vega has no slanted one; a path is as good as a name.
      return "M-0.6,-0.6L0.6,0.6M-0.6,0.6L0.6,-0.6";
    case Marker::kPlus:
      return "M-0.7,0L0.7,0M0,-0.7L0,0.7";
  }
  return "circle";
}

Json DashPattern(Dash dash) {
  switch (dash) {
    case Dash::kDashed:
      return {6, 4};
    case Dash::kDotted:
      return {1.5, 3.5};
    case Dash::kSolid:
      break;
  }
  return {1, 0};
}

const char* NumberFormat(TickStyle ticks) {
  switch (ticks) {
    case TickStyle::kCounts:
      return "~s";
    case TickStyle::kPowers:
      return "~e";
    case TickStyle::kPlain:
      break;
  }
  return "~g";
}

/// A panel with the frame that it is drawn in.
struct FramedPanel {
  const Panel& panel;
  AxisRange x;
  AxisRange y;

  explicit FramedPanel(const Panel& drawn)
      : panel(drawn), x(XRangeOf(drawn)), y(YRangeOf(drawn)) {}

  bool HasPlace(double at_x, double at_y) const {
    return CanShow(panel.x.scale, at_x) && CanShow(panel.y.scale, at_y);
  }
};

/// The value, or the end of the frame that is next to what an axis cannot show.
double WithinFrame(ScaleKind scale, const AxisRange& range, double value) {
  if (!CanShow(scale, value)) return value > 0.0 ? range.high : range.low;
  return value;
}

Json AxisOf(const Axis& axis, const AxisRange& range) {
  const bool log = axis.scale == ScaleKind::kLog;
  Json scale{{"type", log ? "log" : "linear"},
             {"domain", {range.low, range.high}},
             {"nice", false}};
  if (!log) scale["zero"] = false;
  return {{"type", "quantitative"},
          {"title", axis.title},
          {"scale", std::move(scale)},
          {"axis", {{"format", NumberFormat(axis.ticks)}}}};
}

Json FieldOf(const char* field, const Axis& axis, const AxisRange& range) {
  Json channel = AxisOf(axis, range);
  channel["field"] = field;
  return channel;
}

/// Which name of the legend has which colour. A second colour of the same name
/// has no place in it.
class Legend {
 public:
  void Add(const std::string& name, const Hue& hue) {
    if (name.empty() || colours_.contains(name)) return;
    colours_[name] = ColourAlone(hue);
    names_.push_back(name);
  }

  /// Names the rows of a layer and colours it: through the legend if its colour
  /// is there.
  void Paint(const std::string& name, const Hue& hue, Json* layer) const {
    if (!name.empty()) {
      for (Json& row : (*layer)["data"]["values"]) row["series"] = name;
    }
    const auto found = colours_.find(name);
    if (found == colours_.end() || found->second != ColourAlone(hue)) {
      (*layer)["encoding"]["color"] = {{"value", ColourAlone(hue)}};
      return;
    }
    std::vector<std::string> colours;
    for (const std::string& entry : names_) {
      colours.push_back(colours_.at(entry));
    }
    (*layer)["encoding"]["color"] = {
        {"field", "series"},
        {"type", "nominal"},
        {"title", nullptr},
        {"scale", {{"domain", names_}, {"range", colours}}}};
  }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::string> colours_;
};

Legend LegendOf(const Panel& panel) {
  Legend legend;
  for (const PointSeries& series : panel.points) {
    legend.Add(series.name, series.hue);
  }
  for (const LineSeries& line : panel.lines) legend.Add(line.name, line.hue);
  for (const BandSeries& band : panel.bands) legend.Add(band.name, band.hue);
  return legend;
}

Json LayerOf(const FramedPanel& frame, Json values, Json mark) {
  return {{"data", {{"values", std::move(values)}}},
          {"mark", std::move(mark)},
          {"encoding",
           {{"x", FieldOf("x", frame.panel.x, frame.x)},
            {"y", FieldOf("y", frame.panel.y, frame.y)}}}};
}

Json BandLayer(const FramedPanel& frame, const BandSeries& band) {
  const ScaleKind scale = frame.panel.y.scale;
  Json values = Json::array();
  for (const BandSeries::Row& row : band.rows) {
    if (!CanShow(frame.panel.x.scale, row.x)) continue;
    values.push_back({{"x", row.x},
                      {"low", WithinFrame(scale, frame.y, row.low)},
                      {"high", WithinFrame(scale, frame.y, row.high)}});
  }
  Json layer = LayerOf(frame, std::move(values),
                       {{"type", "area"}, {"opacity", 0.18}, {"clip", true}});
  layer["encoding"]["y"]["field"] = "low";
  layer["encoding"]["y2"] = {{"field", "high"}};
  return layer;
}

/// Places in the order in which they follow one another; `piece` tells the
/// pieces apart, and what an axis has no place for parts them.
Json RowsOf(const FramedPanel& frame, const LineSeries& line) {
  Json values = Json::array();
  int piece = 0;
  for (const auto& places : line.pieces) {
    bool pen_down = false;
    for (const Place& place : places) {
      const bool shown = frame.HasPlace(place.x, place.y);
      if (pen_down && !shown) ++piece;
      pen_down = shown;
      if (!shown) continue;
      values.push_back({{"x", place.x},
                        {"y", place.y},
                        {"piece", piece},
                        {"at", values.size()}});
    }
    ++piece;
  }
  return values;
}

Json LineLayer(const FramedPanel& frame, const LineSeries& line) {
  Json layer = LayerOf(frame, RowsOf(frame, line),
                       {{"type", "line"},
                        {"strokeWidth", line.width},
                        {"strokeDash", DashPattern(line.dash)},
                        {"clip", true}});
  layer["encoding"]["detail"] = {{"field", "piece"}, {"type", "nominal"}};
  layer["encoding"]["order"] = {{"field", "at"}, {"type", "quantitative"}};
  return layer;
}

/// Where a rule's other coordinate is not.
Json RuleLayer(const FramedPanel& frame, const Rule& rule) {
  const char* channel = rule.vertical ? "x" : "y";
  Json position = rule.vertical ? AxisOf(frame.panel.x, frame.x)
                                : AxisOf(frame.panel.y, frame.y);
  position["datum"] = rule.at;
  return {{"data", {{"values", Json::array({Json::object()})}}},
          {"mark",
           {{"type", "rule"},
            {"strokeDash", DashPattern(rule.dash)},
            {"clip", true}}},
          {"encoding",
           {{channel, std::move(position)},
            {"color", {{"value", ColourAlone(Hue::Muted())}}}}}};
}

struct Label {
  Place at;
  std::string text;
  Hue hue = Hue::Muted();
};

Json LabelLayer(const FramedPanel& frame, const Label& label) {
  Json layer = LayerOf(
      frame,
      Json::array(
          {{{"x", label.at.x}, {"y", label.at.y}, {"label", label.text}}}),
      {{"type", "text"}, {"align", "left"}, {"dx", 4}, {"dy", -4}});
  layer["encoding"]["text"] = {{"field", "label"}, {"type", "nominal"}};
  layer["encoding"]["color"] = {{"value", ColourAlone(label.hue)}};
  return layer;
}

/// The labels of a line: at its last place, and in the middle of its longest
/// piece.
std::vector<Label> LabelsOf(const LineSeries& line) {
  std::vector<Label> labels;
  const auto longest = std::ranges::max_element(
      line.pieces, {}, [](const auto& piece) { return piece.size(); });
  if (longest == line.pieces.end() || longest->empty()) return labels;
  if (!line.inline_label.empty()) {
    labels.push_back(
        {(*longest)[longest->size() / 2], line.inline_label, line.hue});
  }
  if (!line.end_label.empty() && !line.pieces.back().empty()) {
    labels.push_back({line.pieces.back().back(), line.end_label, line.hue});
  }
  return labels;
}

std::vector<Label> LabelsOf(const FramedPanel& frame) {
  std::vector<Label> labels;
  for (const Rule& rule : frame.panel.rules) {
    if (rule.label.empty()) continue;
    const Place at = rule.vertical ? Place{rule.at, frame.y.high}
                                   : Place{frame.x.low, rule.at};
    labels.push_back({at, rule.label});
  }
  for (const LineSeries& line : frame.panel.lines) {
    const auto of_line = LabelsOf(line);
    labels.insert(labels.end(), of_line.begin(), of_line.end());
  }
  std::erase_if(labels, [&frame](const Label& label) {
    return !frame.HasPlace(label.at.x, label.at.y) ||
           !frame.x.Contains(label.at.x) || !frame.y.Contains(label.at.y);
  });
  return labels;
}

Json RowOf(const FramedPanel& frame, const DataPoint& point) {
  const Panel& panel = frame.panel;
  Json row{{"x", point.x}, {"y", point.y}};
  std::optional<Extent> y = point.y_extent;
  if (point.error && std::isfinite(*point.error)) {
    row["error"] = *point.error;
    if (!y) y = Extent{point.y - *point.error, point.y + *point.error};
  }
  if (y) {
    row["low"] = WithinFrame(panel.y.scale, frame.y, y->low);
    row["high"] = WithinFrame(panel.y.scale, frame.y, y->high);
  }
  if (point.x_extent) {
    row["left"] = WithinFrame(panel.x.scale, frame.x, point.x_extent->low);
    row["right"] = WithinFrame(panel.x.scale, frame.x, point.x_extent->high);
  }
  if (!point.remark.empty()) row["remark"] = point.remark;
  return row;
}

Json RowsOf(const FramedPanel& frame, const PointSeries& series) {
  Json rows = Json::array();
  for (const DataPoint& point : series.points) {
    if (frame.HasPlace(point.x, point.y)) rows.push_back(RowOf(frame, point));
  }
  return rows;
}

/// The rows that have a field.
Json RowsWith(const Json& rows, const char* field) {
  Json with = Json::array();
  for (const Json& row : rows) {
    if (row.contains(field)) with.push_back(row);
  }
  return with;
}

/// Bars from one field to another: "low" and "high", or "left" and "right".
Json BarLayer(const FramedPanel& frame, Json rows, bool vertical) {
  Json layer =
      LayerOf(frame, std::move(rows), {{"type", "rule"}, {"clip", true}});
  Json& encoding = layer["encoding"];
  const char* channel = vertical ? "y" : "x";
  encoding[channel]["field"] = vertical ? "low" : "left";
  encoding[std::string(channel) + "2"] = {
      {"field", vertical ? "high" : "right"}};
  return layer;
}

Json PointLayer(const FramedPanel& frame, const PointSeries& series,
                Json rows) {
  // The area of a marker's square, in pixels.
  const double area = 4.0 * series.size * series.size;
  return LayerOf(frame, std::move(rows),
                 {{"type", "point"},
                  {"shape", ShapeOf(series.marker)},
                  {"size", area},
                  {"filled", series.filled},
                  {"clip", true},
                  {"tooltip", {{"content", "data"}}}});
}

void AddPoints(const FramedPanel& frame, const PointSeries& series,
               const Legend& legend, Json* layers) {
  const Json rows = RowsOf(frame, series);
  for (const bool vertical : {true, false}) {
    Json with = RowsWith(rows, vertical ? "low" : "left");
    if (with.empty()) continue;
    Json bars = BarLayer(frame, std::move(with), vertical);
    bars["encoding"]["color"] = {{"value", ColourAlone(series.hue)}};
    layers->push_back(std::move(bars));
  }
  Json points = PointLayer(frame, series, rows);
  legend.Paint(series.name, series.hue, &points);
  layers->push_back(std::move(points));
}

Json PanelOf(const Panel& panel, const PanelSize& size) {
  const FramedPanel frame(panel);
  const Legend legend = LegendOf(panel);
  Json layers = Json::array();
  for (const BandSeries& band : panel.bands) {
    Json layer = BandLayer(frame, band);
    legend.Paint(band.name, band.hue, &layer);
    layers.push_back(std::move(layer));
  }
  for (const Rule& rule : panel.rules) {
    const Axis& axis = rule.vertical ? panel.x : panel.y;
    if (CanShow(axis.scale, rule.at)) layers.push_back(RuleLayer(frame, rule));
  }
  for (const LineSeries& line : panel.lines) {
    Json layer = LineLayer(frame, line);
    legend.Paint(line.name, line.hue, &layer);
    layers.push_back(std::move(layer));
  }
  for (const PointSeries& series : panel.points) {
    AddPoints(frame, series, legend, &layers);
  }
  for (const Label& label : LabelsOf(frame)) {
    layers.push_back(LabelLayer(frame, label));
  }
  Json spec{{"width", size.width},
            {"height", size.height},
            {"layer", std::move(layers)}};
  if (!panel.title.empty()) spec["title"] = panel.title;
  return spec;
}

std::string DescriptionOf(const Figure& figure) {
  int without_place = 0;
  for (const Panel& panel : figure.panels) {
    without_place += PointsWithoutPlace(panel);
  }
  if (without_place == 0) return figure.description;
  return fmt::format(
      "{} {} left out, for which an axis has no place: values that are not "
      "finite, or not above 0 on a logarithmic axis.",
      figure.description,
      without_place == 1 ? "1 point is"
                         : fmt::format("{} points are", without_place));
}

}  // namespace

Json VegaLiteOf(const Figure& figure, const PanelSize& size) {
  assert(!figure.panels.empty());
  Json spec{{"$schema", kVegaLiteSchema},
            {"description", DescriptionOf(figure)}};
  if (figure.panels.size() == 1) {
    spec.update(PanelOf(figure.panels.front(), size));
    spec["title"] = figure.title;
    return spec;
  }
  Json panels = Json::array();
  for (const Panel& panel : figure.panels) {
    panels.push_back(PanelOf(panel, size));
  }
  spec["title"] = figure.title;
  spec["concat"] = std::move(panels);
  spec["columns"] = 2;
  // Panels have axes and colours of their own.
  spec["resolve"] = {{"scale", {{"color", "independent"}}}};
  return spec;
}

}  // namespace isoflop
