#include "lib/plot/axis.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// Room at each end of the data, as a part of their extent.
constexpr double kRoom = 0.05;

double ToLine(ScaleKind kind, double value) {
  return kind == ScaleKind::kLog ? std::log(value) : value;
}

double FromLine(ScaleKind kind, double place) {
  return kind == ScaleKind::kLog ? std::exp(place) : place;
}

/// Half the extent that values of none are given.
double HalfExtent(ScaleKind kind, double place) {
  if (kind == ScaleKind::kLog) return std::log(2.0);
  return place == 0.0 ? 0.5 : 0.05 * std::abs(place);
}

}  // namespace

bool CanShow(ScaleKind scale, double value) {
  return std::isfinite(value) && (scale == ScaleKind::kLinear || value > 0.0);
}

void RangeFinder::Add(double value) {
  if (!CanShow(scale_, value)) return;
  low_ = std::min(low_.value_or(value), value);
  high_ = std::max(high_.value_or(value), value);
}

AxisRange RangeFinder::RangeFor(const Axis& axis) const {
  const bool log = scale_ == ScaleKind::kLog;
  double low = ToLine(scale_, low_.value_or(log ? 1.0 : 0.0));
  double high = ToLine(scale_, high_.value_or(log ? 10.0 : 1.0));
  if (high - low <= 1e-9 * std::max(std::abs(low), std::abs(high))) {
    const double middle = 0.5 * (low + high);
    const double half = HalfExtent(scale_, middle);
    low = middle - half;
    high = middle + half;
  }
  const double room = kRoom * (high - low);
  AxisRange range{FromLine(scale_, low - room), FromLine(scale_, high + room)};
  if (axis.low && CanShow(scale_, *axis.low)) range.low = *axis.low;
  if (axis.high && CanShow(scale_, *axis.high)) range.high = *axis.high;
  const bool usable = CanShow(scale_, range.low) && std::isfinite(range.high) &&
                      range.low < range.high;
  return usable ? range : (log ? AxisRange{1.0, 10.0} : AxisRange{});
}

AxisScale::AxisScale(ScaleKind kind, AxisRange range, double from, double to)
    : kind_(kind), range_(range), from_(from), to_(to) {
  assert(range.low < range.high && CanShow(kind, range.low));
}

double AxisScale::Forward(double value) const { return ToLine(kind_, value); }

double AxisScale::At(double value) const {
  assert(CanShow(kind_, value));
  const double low = Forward(range_.low);
  const double part = (Forward(value) - low) / (Forward(range_.high) - low);
  return from_ + part * (to_ - from_);
}

double AxisScale::ValueAt(double pixel) const {
  const double low = Forward(range_.low);
  const double part = (pixel - from_) / (to_ - from_);
  return FromLine(kind_, low + part * (Forward(range_.high) - low));
}

}  // namespace isoflop
