// What `isoflop --version` says.

#pragma once

#include <string>

namespace isoflop {

/// Returns this program's version, and LibTorch's and the BLAS's as the worker
/// beside it tells, which may take a second; or why they are not known. Lines
/// without an end of the last.
std::string VersionText();

}  // namespace isoflop
