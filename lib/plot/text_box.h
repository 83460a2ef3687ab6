// How much room text takes, by estimate: whoever draws a picture does not know
// the fonts of whoever looks at it.

#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace isoflop {

/// A rectangle in pixels; y grows downwards.
struct Box {
  double left = 0.0;
  double top = 0.0;
  double right = 0.0;
  double bottom = 0.0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

bool Overlapping(const Box& one, const Box& other);

/// Returns the width in pixels of a line of a common sans-serif at a font size,
/// rather too large than too small.
double TextWidth(std::string_view text, double font_size);

/// Returns places as near to the `wanted` ones as they can be when no two are
/// closer than `apart` and all lie from `low` to `high`, in the order of the
/// wanted ones. Where there is not enough room, they are as far apart as it
/// allows.
std::vector<double> SpreadApart(std::span<const double> wanted, double apart,
                                double low, double high);

}  // namespace isoflop
