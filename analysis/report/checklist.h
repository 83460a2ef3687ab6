// Warnings about the data themselves, in plain words and with their numbers:
// the conditions under which published scaling laws went wrong.
//
// Source: Li, Kudugunta & Zettlemoyer 2025, "(Mis)Fitting: A Survey of Scaling
// Laws" (arXiv:2502.18969), whose checklist for authors this follows.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/fit_report.h"

namespace isoflop {

/// Below these a warning is due.
inline constexpr int kFewSizes = 5;           // different N
inline constexpr double kNarrowRange = 10.0;  // largest over smallest N, D, C
inline constexpr double kRunsPerCoefficient = 4.0;
inline constexpr double kSizesOfOneRate = 2.0;  // largest over smallest N

/// Returns warnings for N or D below 1; rows that repeat another; too few
/// sizes; too narrow a range of N, D or C; too few runs for the coefficients of
/// Approach 3; N counted in different ways; a sweep over a range of sizes with
/// one learning rate, or without a check of its rates; seeds not repeated, or
/// without effect; and budgets that lie farther beyond the data than the data
/// themselves reach.
std::vector<std::string> ChecklistWarnings(const FitReport& report);

/// Returns warnings for residuals that go with N, D, C or D/N; for a law that
/// misses by more than seed noise; and for a few runs that move an exponent by
/// more than its standard error.
std::vector<std::string> DiagnosticWarnings(const FitReport& report);

}  // namespace isoflop
