// What a reader of a fit has to be told, in plain words.

#pragma once

#include "analysis/fit/fit_report.h"

namespace isoflop {

/// Adds the warnings and notes that the finished report gives rise to.
void AddWarnings(FitReport* report);

}  // namespace isoflop
