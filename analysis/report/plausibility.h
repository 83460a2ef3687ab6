// What no loss does, said of fits that say it: a fit is the best there is of
// its form, whether or not anything like it can be.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/fit_report.h"
#include "analysis/report/exact_loss.h"

namespace isoflop {

/// Exponents of published laws are between 0.05 and 1; where one is larger than
/// this, the loss falls as a step, and what makes it fall goes along with N or
/// D in these runs only.
inline constexpr double kSteepestExponent = 3.0;

/// Tokens per parameter that no run has been trained with: below, a model sees
/// less than one token for every hundred parameters; above, each parameter more
/// than a million.
inline constexpr double kFewestTokensPerParam = 1e-2;
inline constexpr double kMostTokensPerParam = 1e6;

/// Where N and D rise along one line (RisingLineOf), and it is no wider than
/// this factor in D, alpha and beta are told apart by the bend of one curve: a
/// can come out as anything between 0 and 1.
inline constexpr double kThinLine = 2.0;

/// Returns that an exponent of the law is too steep; empty: neither is.
std::string TooSteepInWords(const Chinchilla& law);

/// Returns warnings for runs along a thin line, or an exponent that is too
/// steep, where there is a law of Approach 3; exponents
/// of N* in C, by Approach 1 or 2, by which N* or D* would fall with C;
/// allocations with a D/N that no run has, nor these runs; and, where the exact
/// loss is known, predicted losses below it.
std::vector<std::string> PlausibilityWarnings(const FitReport& report,
                                              const ExactLoss& exact);

}  // namespace isoflop
