// The pictures of a fit in characters, where a terminal has room for them.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// Returns the minima of the IsoFLOP profiles over C and the residuals of the
/// law over N, one below the other, in at most so many lines; none where the
/// fit (as in fit.json) has neither. REQUIRES: columns >= 24, lines >= 12.
std::vector<std::string> FitPictures(const Json& fit, std::size_t columns,
                                     std::size_t lines);

/// Returns the text, no wider than `columns`, with the pictures right of it.
std::string Beside(std::string_view text, std::size_t columns,
                   const std::vector<std::string>& pictures);

/// The fewest columns of a picture that is worth looking at.
inline constexpr std::size_t kFewestPictureColumns = 36;

}  // namespace isoflop
