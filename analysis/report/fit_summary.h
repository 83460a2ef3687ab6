// The answer of a fit on one screen.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "analysis/fit/fit_report.h"
#include "analysis/report/exact_loss.h"

namespace isoflop {

struct ScreenSize {
  std::size_t columns = 80;  // 60 or more
  std::size_t lines = 24;    // a terminal's, less the prompt
};

/// Returns the law, N* and D* in C, the allocations asked for and what to
/// doubt, on one screen of 80 columns or more: other laws, allocations but the
/// first, and doubts after the gravest, are left out before it has more lines.
/// The last line says what `details` shows ("--details", or a command) that
/// this leaves out.
std::string FitSummary(const FitReport& report, const ExactLoss& exact,
                       std::string_view details, const ScreenSize& size = {});

}  // namespace isoflop
