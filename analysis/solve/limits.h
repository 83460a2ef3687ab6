// Numbers that several fits share, mostly of what is too few, too small or too
// far.

#pragma once

#include <cstddef>
#include <limits>

namespace isoflop {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Values of N, and of D, below which a law of both has no support.
inline constexpr std::size_t kFewestValues = 3;

/// A law whose term changes the loss by less than this share has no such term.
inline constexpr double kVanishing = 1e-7;

/// An E below this share of the loss is rounding.
inline constexpr double kVanishingLoss = 1e-13;

/// A point that Newton's method would leave by this much is no minimum.
inline constexpr double kRunaway = 1e-4;

}  // namespace isoflop
