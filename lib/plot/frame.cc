#include "lib/plot/frame.h"

#include <algorithm>
#include <cmath>

#include "lib/plot/ink.h"

namespace isoflop {
namespace {

constexpr double kLineHeight = 17.0;
constexpr double kTickLength = 5.0;
constexpr double kEdge = 4.0;  // between text and the edge of the picture

double WidthOf(const TickLabel& label) {
  const Box box = BoxOf({.x = 0.0, .y = 0.0, .text = label});
  return box.width();
}

double WidestOf(const std::vector<Tick>& ticks) {
  double widest = 0.0;
  for (const Tick& tick : ticks) widest = std::max(widest, WidthOf(tick.label));
  return widest;
}

/// What has the same name shares an entry.
std::vector<LegendEntry> Entries(const Panel& panel) {
  std::vector<LegendEntry> entries;
  const auto entry = [&entries](const std::string& name) -> LegendEntry* {
    if (name.empty()) return nullptr;
    const auto there = std::ranges::find(entries, name, &LegendEntry::name);
    if (there != entries.end()) return &*there;
    entries.push_back({.name = name});
    return &entries.back();
  };
  for (const PointSeries& series : panel.points) {
    LegendEntry* at = entry(series.name);
    if (at != nullptr && at->points == nullptr) at->points = &series;
  }
  for (const LineSeries& line : panel.lines) {
    LegendEntry* at = entry(line.name);
    if (at != nullptr && at->line == nullptr) at->line = &line;
  }
  for (const BandSeries& band : panel.bands) {
    LegendEntry* at = entry(band.name);
    if (at != nullptr && at->band == nullptr) at->band = &band;
  }
  return entries;
}

/// Places entries in rows from `y` down; returns the baseline after the last.
double PlaceLegend(double y, double width, std::vector<LegendEntry>* legend) {
  if (legend->empty()) return y;
  double x = kEdge;
  for (LegendEntry& entry : *legend) {
    const double needed = kLegendKey + TextWidth(entry.name, kFontSize);
    if (x > kEdge && x + needed > width - kEdge) {
      x = kEdge;
      y += kLineHeight;
    }
    entry.x = x;
    entry.y = y;
    x += needed + 14.0;
  }
  return y + kLineHeight + 3.0;
}

double EndLabelWidth(const Panel& panel) {
  double widest = 0.0;
  for (const LineSeries& line : panel.lines) {
    widest = std::max(widest, TextWidth(line.end_label, kFontSize));
  }
  return widest == 0.0 ? 0.0 : widest + 12.0;
}

bool Crowded(const std::vector<Tick>& ticks, const AxisScale& scale) {
  double last = -1e9;
  for (const Tick& tick : ticks) {
    if (tick.label.text.empty()) continue;
    const double half = 0.5 * WidthOf(tick.label);
    const double at = scale.At(tick.value);
    if (at - half < last + 10.0) return true;
    last = at + half;
  }
  return false;
}

/// Fewer and fewer, until their labels have room side by side.
std::vector<Tick> TicksAlong(const Axis& axis, const AxisScale& scale,
                             int most) {
  for (; most > 2; --most) {
    std::vector<Tick> ticks =
        TicksOf(axis.scale, axis.ticks, scale.range(), most);
    if (!Crowded(ticks, scale)) return ticks;
  }
  std::vector<Tick> ticks = TicksOf(axis.scale, axis.ticks, scale.range(), 2);
  while (ticks.size() > 1 && Crowded(ticks, scale)) ticks.pop_back();
  return ticks;
}

}  // namespace

Frame FrameOf(const Panel& panel, const PanelSize& size) {
  const AxisRange x_range = XRangeOf(panel);
  const AxisRange y_range = YRangeOf(panel);
  std::vector<LegendEntry> legend = Entries(panel);
  double y = kLineHeight - 4.0;
  const double title_y = y;
  if (!panel.title.empty()) y += kLineHeight + 2.0;
  y = PlaceLegend(y, size.width, &legend);
  const double y_title_y = y;
  Box box{0.0, y + 13.0, size.width, size.height - 2.0 * kLineHeight - 8.0};
  box.bottom = std::max(box.bottom, box.top + 60.0);
  const int most_y = std::max(2, static_cast<int>(box.height() / 34.0));
  auto y_ticks = TicksOf(panel.y.scale, panel.y.ticks, y_range, most_y);
  box.left = kEdge + WidestOf(y_ticks) + kTickLength + 4.0;
  const int most_x = static_cast<int>((size.width - box.left) / 50.0);
  const double last = 0.5 * WidestOf(TicksOf(panel.x.scale, panel.x.ticks,
                                             x_range, std::max(2, most_x))) +
                      kEdge;
  box.right = size.width - std::max(EndLabelWidth(panel), last);
  const AxisScale x(panel.x.scale, x_range, box.left, box.right);
  return {.box = box,
          .x = x,
          .y = AxisScale(panel.y.scale, y_range, box.bottom, box.top),
          .x_ticks = TicksAlong(panel.x, x, std::max(2, most_x)),
          .y_ticks = std::move(y_ticks),
          .legend = std::move(legend),
          .title_y = title_y,
          .y_title_y = y_title_y};
}

}  // namespace isoflop
