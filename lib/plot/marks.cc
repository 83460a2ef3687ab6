#include "lib/plot/marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/core/text.h"
#include "lib/plot/xml.h"

namespace isoflop {
namespace {

const char* DashesOf(Dash dash) {
  switch (dash) {
    case Dash::kDashed:
      return " stroke-dasharray=\"6 4\"";
    case Dash::kDotted:
      return " stroke-dasharray=\"1.5 3.5\"";
    case Dash::kSolid:
      break;
  }
  return "";
}

/// "N 1.23M" of an axis "N (parameters)".
std::string InWords(const Axis& axis, double value) {
  const std::string name = axis.title.substr(0, axis.title.find(" ("));
  const std::string number = axis.ticks == TickStyle::kCounts
                                 ? FormatCount(value)
                                 : fmt::format("{:.5g}", value);
  return name + " " + number;
}

std::string TitleOf(const Panel& panel, const DataPoint& point) {
  std::string text = point.remark;
  if (!text.empty()) text += "; ";
  text += InWords(panel.x, point.x) + "; " + InWords(panel.y, point.y);
  if (point.error) text += fmt::format(" ± {:.2g}", *point.error);
  if (point.y_extent) {
    text += fmt::format(" [{:.4g}, {:.4g}]", point.y_extent->low,
                        point.y_extent->high);
  }
  return text;
}

std::string DataOf(const DataPoint& point) {
  std::string text = fmt::format(" data-x=\"{}\" data-y=\"{}\"",
                                 ExactText(point.x), ExactText(point.y));
  const auto add = [&text](const char* name, double value) {
    text += fmt::format(" data-{}=\"{}\"", name, ExactText(value));
  };
  if (point.error) add("error", *point.error);
  if (point.y_extent) {
    add("low", point.y_extent->low);
    add("high", point.y_extent->high);
  }
  if (point.x_extent) {
    add("left", point.x_extent->low);
    add("right", point.x_extent->high);
  }
  return text;
}

/// A value of an end of a bar, as far as the frame goes.
double Within(const AxisScale& scale, double value) {
  if (!CanShow(scale.kind(), value)) {
    return value > 0.0 ? scale.range().high : scale.range().low;
  }
  return std::clamp(value, scale.range().low, scale.range().high);
}

std::string VerticalBar(const Frame& frame, const DataPoint& point,
                        const Extent& extent) {
  return fmt::format("M{} {}V{}", PixelText(frame.x.At(point.x)),
                     PixelText(frame.y.At(Within(frame.y, extent.low))),
                     PixelText(frame.y.At(Within(frame.y, extent.high))));
}

std::string BarsOf(const Frame& frame, const DataPoint& point) {
  std::string path;
  if (point.error) {
    path += VerticalBar(frame, point,
                        {point.y - *point.error, point.y + *point.error});
  }
  if (point.y_extent) path += VerticalBar(frame, point, *point.y_extent);
  if (point.x_extent) {
    path += fmt::format(
        "M{} {}H{}",
        PixelText(frame.x.At(Within(frame.x, point.x_extent->low))),
        PixelText(frame.y.At(point.y)),
        PixelText(frame.x.At(Within(frame.x, point.x_extent->high))));
  }
  return path;
}

bool IsDrawn(const Panel& panel, const Frame& frame, const DataPoint& point) {
  return CanShow(panel.x.scale, point.x) && CanShow(panel.y.scale, point.y) &&
         frame.x.range().Contains(point.x) && frame.y.range().Contains(point.y);
}

/// A pixel that no viewer stumbles over, however far outside it is.
double Bounded(double pixel) { return std::clamp(pixel, -1e5, 1e5); }

std::string PathOf(const Panel& panel, const Frame& frame,
                   const std::vector<Place>& piece) {
  std::string path;
  bool pen_down = false;
  for (const Place& place : piece) {
    const bool shown =
        CanShow(panel.x.scale, place.x) && CanShow(panel.y.scale, place.y);
    if (shown) {
      path += fmt::format("{}{} {}", pen_down ? "L" : "M",
                          PixelText(Bounded(frame.x.At(place.x))),
                          PixelText(Bounded(frame.y.At(place.y))));
    }
    pen_down = shown;
  }
  return path;
}

}  // namespace

std::string MarkerPath(Marker marker, double x, double y, double size) {
  const std::string s = PixelText(size);
  const std::string d = PixelText(2.0 * size);
  const auto at = [&](double dx, double dy) {
    return fmt::format("M{} {}", PixelText(x + dx), PixelText(y + dy));
  };
  switch (marker) {
    case Marker::kSquare:
      return at(-size, -size) + fmt::format("h{0}v{0}h-{0}z", d);
    case Marker::kTriangle:
      return at(0.0, -1.15 * size) +
             fmt::format("l{} {}h-{}z", PixelText(1.1 * size),
                         PixelText(2.0 * size), PixelText(2.2 * size));
    case Marker::kDiamond:
      return at(0.0, -1.3 * size) +
             fmt::format("l{0} {0}l-{0} {0}l-{0} -{0}z", PixelText(1.3 * size));
    case Marker::kCross:
      return at(-size, -size) + fmt::format("l{0} {0}m-{0} 0l{0} -{0}", d);
    case Marker::kPlus:
      return at(-1.2 * size, 0.0) + fmt::format("h{0}m-{1} -{1}v{0}",
                                                PixelText(2.4 * size),
                                                PixelText(1.2 * size));
    case Marker::kCircle:
      break;
  }
  return at(-size, 0.0) + fmt::format(
                              "a{0} {0} 0 1 0 {1} 0a{0} {0} 0 1 0 -{1} "
                              "0z",
                              s, d);
}

std::string MarkerStyle(const PointSeries& series) {
  const bool stroked = series.marker == Marker::kCross ||
                       series.marker == Marker::kPlus || !series.filled;
  return fmt::format(" stroke-width=\"{}\"", stroked ? "1.5" : "0.8");
}

std::string MarkerPaint(const PointSeries& series, const Ink& ink) {
  const bool stroked =
      series.marker == Marker::kCross || series.marker == Marker::kPlus;
  if (stroked) return ink.Paint(std::nullopt, series.hue);
  // A rim of paper tells points apart that lie on each other.
  if (series.filled) return ink.Paint(series.hue, Hue::Paper());
  return ink.Paint(Hue::Paper(), series.hue);
}

std::string LineStyle(const LineSeries& line) {
  return fmt::format(" stroke-width=\"{}\"{}", PixelText(line.width),
                     DashesOf(line.dash));
}

void DrawBand(const Panel& panel, const Frame& frame, const BandSeries& band,
              Ink* ink) {
  std::vector<Place> outline;
  for (const BandSeries::Row& row : band.rows) {
    if (!CanShow(panel.x.scale, row.x)) continue;
    outline.push_back({row.x, Within(frame.y, row.high)});
  }
  for (auto row = band.rows.rbegin(); row != band.rows.rend(); ++row) {
    if (!CanShow(panel.x.scale, row->x)) continue;
    outline.push_back({row->x, Within(frame.y, row->low)});
  }
  if (outline.size() < 4) return;
  ink->Add(fmt::format("<path d=\"{}z\" fill-opacity=\"0.18\"{}/>",
                       PathOf(panel, frame, outline),
                       ink->Paint(band.hue, std::nullopt)));
}

void DrawRule(const Panel& panel, const Frame& frame, const Rule& rule,
              Ink* ink) {
  const Axis& axis = rule.vertical ? panel.x : panel.y;
  const AxisScale& scale = rule.vertical ? frame.x : frame.y;
  if (!CanShow(axis.scale, rule.at) || !scale.range().Contains(rule.at)) return;
  const Box& box = frame.box;
  const std::string at = PixelText(scale.At(rule.at));
  const std::string path =
      rule.vertical ? fmt::format("M{} {}V{}", at, PixelText(box.top),
                                  PixelText(box.bottom))
                    : fmt::format("M{} {}H{}", PixelText(box.left), at,
                                  PixelText(box.right));
  ink->Add(fmt::format("<path d=\"{}\"{}{}/>", path, DashesOf(rule.dash),
                       ink->Paint(std::nullopt, Hue::Muted())));
}

void DrawLine(const Panel& panel, const Frame& frame, const LineSeries& line,
              Ink* ink) {
  std::string path;
  for (const auto& piece : line.pieces) path += PathOf(panel, frame, piece);
  if (path.empty()) return;
  ink->Add(fmt::format("<path d=\"{}\" stroke-linejoin=\"round\"{}{}/>", path,
                       LineStyle(line), ink->Paint(std::nullopt, line.hue)));
}

void DrawPoints(const Panel& panel, const Frame& frame,
                const PointSeries& series, Ink* ink) {
  std::string bars;
  for (const DataPoint& point : series.points) {
    if (IsDrawn(panel, frame, point)) bars += BarsOf(frame, point);
  }
  if (!bars.empty()) {
    ink->Add(fmt::format("<path d=\"{}\" stroke-width=\"1.2\"{}/>", bars,
                         ink->Paint(std::nullopt, series.hue)));
  }
  ink->Add(fmt::format("<g class=\"points\" data-series=\"{}\"{}{}>",
                       XmlText(series.name), MarkerStyle(series),
                       MarkerPaint(series, *ink)));
  for (const DataPoint& point : series.points) {
    if (!IsDrawn(panel, frame, point)) continue;
    ink->Add(fmt::format("<path d=\"{}\"{}><title>{}</title></path>",
                         MarkerPath(series.marker, frame.x.At(point.x),
                                    frame.y.At(point.y), series.size),
                         DataOf(point), XmlText(TitleOf(panel, point))));
  }
  ink->Add("</g>");
}

}  // namespace isoflop
