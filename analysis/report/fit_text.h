// A fit report for people who look at a terminal.

#pragma once

#include <cstddef>
#include <string>

#include "analysis/fit/fit.h"
#include "analysis/report/exact_loss.h"

namespace isoflop {

/// Returns what was fitted to what, and every result with its 95 % interval:
/// the IsoFLOP optima, the law beside the exact losses, the exponent a by three
/// methods, Kaplan's laws, the extrapolation test, the allocations; then
/// warnings and notes. Laid out for `width` columns, 60 or more.
std::string FitText(const FitReport& report, const ExactLoss& exact = {},
                    std::size_t width = 80);

}  // namespace isoflop
