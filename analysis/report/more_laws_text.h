// The laws beyond the four approaches in a fit report for people.

#pragma once

#include "analysis/fit/fit.h"
#include "analysis/report/text_page.h"

namespace isoflop {

/// One section a law: coefficients with their profile intervals, and why the
/// fit may be believed. Nothing when none was asked for.
void AddMoreLaws(const FitReport& report, TextPage* page);

/// The scores of the laws side by side, and what the data prefer.
void AddLawComparison(const FitReport& report, TextPage* page);

}  // namespace isoflop
