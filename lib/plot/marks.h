// What is drawn inside of the frame: bands, rules, lines and points.

#pragma once

#include <string>

#include "lib/plot/figure.h"
#include "lib/plot/frame.h"
#include "lib/plot/ink.h"

namespace isoflop {

/// Returns the path of a marker around a pixel.
std::string MarkerPath(Marker marker, double x, double y, double size);

/// Returns attributes of a series' markers, with a space before.
std::string MarkerStyle(const PointSeries& series);
std::string MarkerPaint(const PointSeries& series, const Ink& ink);

/// Returns the width and the dashes of a line as attributes.
std::string LineStyle(const LineSeries& line);

void DrawBand(const Panel& panel, const Frame& frame, const BandSeries& band,
              Ink* ink);
void DrawRule(const Panel& panel, const Frame& frame, const Rule& rule,
              Ink* ink);
void DrawLine(const Panel& panel, const Frame& frame, const LineSeries& line,
              Ink* ink);

/// Draws bars, then markers; points without a place or outside of the frame
/// are left out.
void DrawPoints(const Panel& panel, const Frame& frame,
                const PointSeries& series, Ink* ink);

}  // namespace isoflop
