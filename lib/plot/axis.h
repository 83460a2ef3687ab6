// One axis of a panel: what it measures, which values it can show, and where
// they lie.

#pragma once

#include <optional>
#include <string>

namespace isoflop {

enum class ScaleKind { kLinear, kLog };

/// How the numbers at the ticks are written.
enum class TickStyle {
  kPlain,   // 2.5
  kPowers,  // 10^18, 2x10^18: compute
  kCounts,  // 100M, 2T: parameters and tokens
};

struct Axis {
  std::string title = {};  // with the unit: "loss (nats per token)"
  ScaleKind scale = ScaleKind::kLinear;
  TickStyle ticks = TickStyle::kPlain;
  std::optional<double> low = {};  // of the frame; absent: as the data have it
  std::optional<double> high = {};
};

/// Returns whether an axis has a place for the value: it is finite and, on a
/// log axis, above 0.
bool CanShow(ScaleKind scale, double value);

/// The values of an axis that are in the frame. REQUIRES: low < high, and
/// low > 0 on a log axis.
struct AxisRange {
  double low = 0.0;
  double high = 1.0;

  bool Contains(double value) const { return low <= value && value <= high; }
};

/// Collects what an axis has to show.
class RangeFinder {
 public:
  explicit RangeFinder(ScaleKind scale) : scale_(scale) {}

  /// Makes room for a value that the axis can show; passes over others.
  void Add(double value);

  /// Returns the range of the values with some room around them, or what the
  /// axis demands. A range of no extent is widened; without values it is
  /// (0, 1), or (1, 10) on a log axis.
  AxisRange RangeFor(const Axis& axis) const;

 private:
  ScaleKind scale_;
  std::optional<double> low_;
  std::optional<double> high_;
};

/// From values to pixels.
class AxisScale {
 public:
  /// Puts range.low at `from` and range.high at `to`.
  AxisScale(ScaleKind kind, AxisRange range, double from, double to);

  /// Returns the pixel of a value. REQUIRES: CanShow(kind, value).
  double At(double value) const;

  /// Returns the value at a pixel, the inverse of At.
  double ValueAt(double pixel) const;

  ScaleKind kind() const { return kind_; }
  const AxisRange& range() const { return range_; }

 private:
  double Forward(double value) const;

  ScaleKind kind_;
  AxisRange range_;
  double from_;
  double to_;
};

}  // namespace isoflop
