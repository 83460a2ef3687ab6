// Where an axis has ticks, and what is written at them.

#pragma once

#include <string>
#include <vector>

#include "lib/plot/axis.h"

namespace isoflop {

/// What stands at a tick: "2.5", or "10" with a raised "18".
struct TickLabel {
  std::string text;
  std::string exponent = {};  // empty: none

  bool operator==(const TickLabel&) const = default;
};

/// A tick without a label is a minor one.
struct Tick {
  double value = 0.0;
  TickLabel label = {};
};

/// Returns ascending ticks of the range, at most `most` of them with a label
/// (and two wherever there is room for two):
///
///   linear     multiples of 1, 2, 2.5 or 5 times a power of ten
///   log        powers of ten; of few, 2 and 5 times them too; of many, every
///              second, third, ...; within less than a factor of about three,
///              as a linear axis has them. Where every power has a label its
///              multiples 2 to 9 are minor ticks.
///
/// REQUIRES: most >= 2; the range is one of the scale.
std::vector<Tick> TicksOf(ScaleKind scale, TickStyle style,
                          const AxisRange& range, int most);

/// Returns the label of a value. REQUIRES: finite.
TickLabel LabelOf(TickStyle style, double value);

}  // namespace isoflop
