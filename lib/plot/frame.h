// The room of a panel: the frame that data are drawn in, and around it title,
// legend, axes and the labels at the ends of lines.

#pragma once

#include <string>
#include <vector>

#include "lib/plot/draw.h"
#include "lib/plot/figure.h"
#include "lib/plot/text_box.h"
#include "lib/plot/ticks.h"

namespace isoflop {

/// A row of the legend: what stands for a name.
struct LegendEntry {
  std::string name;
  const PointSeries* points = nullptr;  // one of the three at least
  const LineSeries* line = nullptr;
  const BandSeries* band = nullptr;
  double x = 0.0;  // left end and baseline
  double y = 0.0;
};

struct Frame {
  Box box;  // that data are drawn in
  AxisScale x;
  AxisScale y;
  std::vector<Tick> x_ticks;
  std::vector<Tick> y_ticks;
  std::vector<LegendEntry> legend;
  double title_y = 0.0;  // baselines
  double y_title_y = 0.0;
};

/// Lays a panel out: as many ticks as their labels have room for, legend rows
/// as wide as the panel, and a margin at the right that holds the end labels.
Frame FrameOf(const Panel& panel, const PanelSize& size);

/// Width of what stands before a name in the legend.
inline constexpr double kLegendKey = 24.0;

}  // namespace isoflop
