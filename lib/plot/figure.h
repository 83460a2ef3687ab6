// A figure as values: what is to be seen, and nothing of how it is drawn.
//
// A figure has one panel or several; a panel has two axes and what lies between
// them. Measured things are points, what is computed is lines and bands.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/plot/axis.h"
#include "lib/plot/contours.h"
#include "lib/plot/palette.h"

namespace isoflop {

/// From low to high, such as an interval.
struct Extent {
  double low = 0.0;
  double high = 0.0;
};

enum class Marker { kCircle, kSquare, kTriangle, kDiamond, kCross, kPlus };

/// Returns one of the six by number; more begin again.
Marker MarkerOf(int i);

/// Something measured, or an estimate with its interval.
struct DataPoint {
  double x = 0.0;
  double y = 0.0;
  std::optional<double> error = {};     // standard error of y: a bar of y +- it
  std::optional<Extent> y_extent = {};  // an interval of y: a bar
  std::optional<Extent> x_extent = {};
  std::string remark = {};  // stands first in what hovering shows
};

/// Points of one kind.
struct PointSeries {
  std::string name = {};  // in the legend; empty: not there
  Hue hue = Hue::Ink();
  Marker marker = Marker::kCircle;
  bool filled = true;
  double size = 3.0;  // half the extent, in pixels
  std::vector<DataPoint> points = {};
};

enum class Dash { kSolid, kDashed, kDotted };

/// A line, in one piece or several.
struct LineSeries {
  std::string name = {};  // in the legend; empty: not there
  Hue hue = Hue::Ink();
  Dash dash = Dash::kSolid;
  double width = 1.6;
  std::vector<std::vector<Place>> pieces = {};
  std::string end_label = {};     // beside the frame, at the last place
  std::string inline_label = {};  // on the line, as of a contour
  bool sets_range = false;        // whether the frame has to hold all of it
};

/// What lies between two lines.
struct BandSeries {
  struct Row {
    double x = 0.0;
    double low = 0.0;
    double high = 0.0;
  };
  std::string name = {};  // in the legend; empty: not there
  Hue hue = Hue::Ink();
  std::vector<Row> rows = {};  // by rising x
  bool sets_range = false;
};

/// A straight line across the frame at one value.
struct Rule {
  bool vertical = false;
  double at = 0.0;
  std::string label = {};
  Dash dash = Dash::kDashed;
};

struct Panel {
  std::string title = {};  // empty: none, as of a figure of one panel
  Axis x = {};
  Axis y = {};
  std::vector<BandSeries> bands = {};
  std::vector<Rule> rules = {};
  std::vector<LineSeries> lines = {};
  std::vector<PointSeries> points = {};
};

struct Figure {
  std::string id;           // letters, digits and "-"
  std::string title;        // what it shows, in a few words
  std::string description;  // for who cannot see it: a sentence or two
  std::vector<std::string> caption = {};  // how to read it, by paragraphs
  std::vector<Panel> panels = {};
  double legend_rows = 1.0;  // that its panels need more or less: they grow
};

/// Returns the frame of a panel: its own ends, or room for what it has to show.
AxisRange XRangeOf(const Panel& panel);
AxisRange YRangeOf(const Panel& panel);

/// Returns how many points of the panel an axis has no place for: a value that
/// is not finite, or not above 0 where the axis is logarithmic. They are not
/// drawn.
int PointsWithoutPlace(const Panel& panel);

/// Returns how many points have a place on both axes, but outside of the frame.
int PointsOutsideFrame(const Panel& panel);

}  // namespace isoflop
