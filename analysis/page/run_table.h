// The runs of a report as tables.

#pragma once

#include <cstddef>
#include <string>

#include "analysis/page/figures.h"

namespace isoflop {

/// Rows that a table has at most; the page says how many there are.
inline constexpr std::size_t kMostRows = 500;

/// Returns the section of runs: those of a sweep with their status, and before
/// them those that failed or diverged with their causes; of a fit alone the
/// runs that were fitted.
std::string RunSection(const ReportSource& source);

}  // namespace isoflop
