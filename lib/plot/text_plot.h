// A panel in characters, for a terminal.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/plot/figure.h"

namespace isoflop {

struct TextPlotSize {
  std::size_t columns = 48;  // 24 or more
  std::size_t lines = 12;    // 6 or more
};

/// Returns the panel in so many lines, none wider than so many columns, without
/// a space at its end:
///
///   N* (parameters) over C (FLOPs)
///   100M |            .o
///        |      .o'
///    10M |o..
///        +--------------------
///        10^18          10^20
///   o IsoFLOP minimum  . law
///
/// Points are "o", "x", "#" and "+" by series, and lie over lines; lines
/// without dashes are ".", the others have no place; rules are "-" and "|". The
/// last lines name the series that have a name.
std::vector<std::string> TextPlot(const Panel& panel, const TextPlotSize& size);

}  // namespace isoflop
