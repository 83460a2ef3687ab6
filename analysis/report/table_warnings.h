// Warnings about a table as a whole: runs that no noise explains, several
// experiments in one file, and numbers in other units than they seem.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/fit_report.h"

namespace isoflop {

/// No language model has so few parameters.
inline constexpr double kFewestParams = 1000.0;

/// The loss of a uniform guess among 262,144 tokens is ln of that: 12.48 nats.
inline constexpr double kLargestNats = 12.5;

/// A nominal budget is 6ND to within this factor, whatever is counted.
inline constexpr double kBudgetDisagrees = 1.5;

/// Returns the warnings, each with what to do about it.
std::vector<std::string> TableWarnings(const FitReport& report);

}  // namespace isoflop
