// Numbers of a report for people: as many digits as mean something, the same
// everywhere.

#pragma once

#include <string>

#include "analysis/solve/estimate.h"
#include "analysis/solve/profile.h"

namespace isoflop {

/// How a kind of number is written.
using NumberFormat = std::string (*)(double);

/// Returns four significant digits: "1.100", "477.8", "12850"; from a million
/// on and below a thousandth as "8.800e13".
std::string FormatNumber(double value);

/// Returns three significant digits and a power of ten, as FLOPs are written:
/// "9.28e11".
std::string FormatScientific(double value);

/// Returns a signed deviation of `value` from `exact`: "+1.5 %".
/// REQUIRES: exact is not 0.
std::string FormatDeviation(double value, double exact);

/// Returns "[1.769, 1.871]".
std::string FormatInterval(const Interval& interval, NumberFormat format);

/// Returns the interval of an estimate, or nothing where it has none.
std::string IntervalOrNothing(const Estimate& estimate, NumberFormat format);

/// Returns "[6.6, unbounded above]", "[0.3, 0.4]", "unbounded on both sides";
/// numbers to four digits.
std::string IntervalInWords(const ProfileInterval& interval);

/// Returns "run with the largest residual", or "5 runs with the largest
/// residuals".
std::string WithLargestResiduals(std::size_t runs);

}  // namespace isoflop
