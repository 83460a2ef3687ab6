// How wide to print.

#pragma once

#include <cstddef>

namespace isoflop {

/// Returns the columns of standard output: the terminal's, from 60 to 100, and
/// 80 where it is none.
std::size_t OutputWidth();

}  // namespace isoflop
