// How wide to print, and what is said beside it.

#pragma once

#include <cstddef>
#include <string>

namespace isoflop {

/// Returns the columns of standard output: the terminal's, from 60 to 100, and
/// 80 where it is none.
std::size_t OutputWidth();

/// Says on standard error that a file is written.
void SayWritten(const std::string& file);

}  // namespace isoflop
