// The exponent a of N* in C by Approaches 1, 2 and 3, side by side.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/fit_report.h"
#include "analysis/solve/estimate.h"

namespace isoflop {

/// The exponent a by one of the approaches.
struct ExponentRow {
  int approach;
  const char* method;
  FitStatus status;
  Estimate a;
};

/// Returns a row for each approach that was asked for.
std::vector<ExponentRow> ExponentRows(const FitReport& report);

/// Says which intervals of `a` have nothing in common; nothing when there are
/// fewer than two to compare.
std::string OverlapInWords(const std::vector<ExponentRow>& rows);

}  // namespace isoflop
