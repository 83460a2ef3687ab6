// The Chinchilla law with its numbers, a line each.

#pragma once

#include <string>

#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// Returns "L = 1.128 + 31.85 / N^0.5924 + 335.7 / D^0.6030".
std::string LawLine(const Chinchilla& law);

/// Returns "N* = 0.1374 (C/6)^0.5045,  D* = 7.281 (C/6)^0.4955".
std::string OptimumLine(const Chinchilla& law);

}  // namespace isoflop
