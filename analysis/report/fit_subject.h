// What was fitted to: the first lines of a fit report for people.

#pragma once

#include "analysis/fit/fit_report.h"
#include "analysis/report/text_page.h"

namespace isoflop {

/// Writes where the runs are from, how many there are and which budgets they
/// cover, and what the intervals are made of.
void AddSubject(const FitReport& report, TextPage* page);

}  // namespace isoflop
