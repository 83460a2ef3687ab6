#include "lib/plot/figure.h"

namespace isoflop {
namespace {

bool HasPlace(const Panel& panel, const DataPoint& point) {
  return CanShow(panel.x.scale, point.x) && CanShow(panel.y.scale, point.y);
}

void AddExtent(const std::optional<Extent>& extent, RangeFinder* range) {
  if (!extent) return;
  range->Add(extent->low);
  range->Add(extent->high);
}

void AddPointsY(const Panel& panel, RangeFinder* range) {
  for (const PointSeries& series : panel.points) {
    for (const DataPoint& point : series.points) {
      if (!HasPlace(panel, point)) continue;
      range->Add(point.y);
      AddExtent(point.y_extent, range);
      if (!point.error) continue;
      range->Add(point.y - *point.error);
      range->Add(point.y + *point.error);
    }
  }
}

}  // namespace

Marker MarkerOf(int i) { return static_cast<Marker>(i % 6); }

AxisRange XRangeOf(const Panel& panel) {
  RangeFinder range(panel.x.scale);
  for (const PointSeries& series : panel.points) {
    for (const DataPoint& point : series.points) {
      if (!HasPlace(panel, point)) continue;
      range.Add(point.x);
      AddExtent(point.x_extent, &range);
    }
  }
  for (const LineSeries& line : panel.lines) {
    if (!line.sets_range) continue;
    for (const auto& piece : line.pieces) {
      for (const Place& place : piece) range.Add(place.x);
    }
  }
  for (const BandSeries& band : panel.bands) {
    if (!band.sets_range) continue;
    for (const BandSeries::Row& row : band.rows) range.Add(row.x);
  }
  return range.RangeFor(panel.x);
}

AxisRange YRangeOf(const Panel& panel) {
  RangeFinder range(panel.y.scale);
  AddPointsY(panel, &range);
  for (const LineSeries& line : panel.lines) {
    if (!line.sets_range) continue;
    for (const auto& piece : line.pieces) {
      for (const Place& place : piece) range.Add(place.y);
    }
  }
  for (const BandSeries& band : panel.bands) {
    if (!band.sets_range) continue;
    for (const BandSeries::Row& row : band.rows) {
      range.Add(row.low);
      range.Add(row.high);
    }
  }
  return range.RangeFor(panel.y);
}

int PointsWithoutPlace(const Panel& panel) {
  int count = 0;
  for (const PointSeries& series : panel.points) {
    for (const DataPoint& point : series.points) {
      if (!HasPlace(panel, point)) ++count;
    }
  }
  return count;
}

int PointsOutsideFrame(const Panel& panel) {
  const AxisRange x = XRangeOf(panel);
  const AxisRange y = YRangeOf(panel);
  int count = 0;
  for (const PointSeries& series : panel.points) {
    for (const DataPoint& point : series.points) {
      const bool inside = x.Contains(point.x) && y.Contains(point.y);
      if (HasPlace(panel, point) && !inside) ++count;
    }
  }
  return count;
}

}  // namespace isoflop
