// Fewer points that look the same.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace isoflop {

/// Returns the indices, ascending, of at most `most` points of a curve: of
/// every stretch the lowest and the highest, and both ends.
/// REQUIRES: most >= 4.
std::vector<std::size_t> ThinCurve(std::span<const double> y, std::size_t most);

/// Returns the indices, ascending, of at most `most` points (x[i], y[i]): those
/// at the ends of both axes, the lower envelope (each point below all of
/// smaller x), and of the others every so manieth. Of an envelope longer than
/// half of `most` it is every so manieth, too. All of them when they are no
/// more. REQUIRES: as many y as x, none of them NaN; most >= 8.
std::vector<std::size_t> ThinPoints(std::span<const double> x,
                                    std::span<const double> y,
                                    std::size_t most);

}  // namespace isoflop
