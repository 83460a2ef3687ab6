// Fewer points that look the same.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/plot/contours.h"

namespace isoflop {

/// Returns at most `most` of the places of a curve, in order: of every stretch
/// the lowest and the highest, and both ends. REQUIRES: most >= 4.
std::vector<Place> ThinCurve(std::vector<Place> curve, std::size_t most);

/// Returns the indices, ascending, of at most `most` points: those at the ends
/// of both axes, the lower envelope (each point below all of smaller x), and of
/// the others every so manieth. Of a longer envelope it is every so manieth,
/// too. All of them when they are no more. REQUIRES: most >= 8.
std::vector<std::size_t> ThinPoints(std::span<const Place> points,
                                    std::size_t most);

}  // namespace isoflop
