// The sections of a fit report for people, one function each. A section whose
// law was not asked for is left out; one that the data cannot support says why.

#pragma once

#include "analysis/fit/fit.h"
#include "analysis/report/exact_loss.h"
#include "analysis/report/text_page.h"

namespace isoflop {

/// Returns the header of a column of intervals; empty without a bootstrap.
const char* IntervalHeader(const FitReport& report);

/// Approach 2: the optimum of every budget, and the exponent without the bias
/// of the method.
void AddIsoflopOptima(const FitReport& report, TextPage* page);

/// Approach 3: the coefficients, how far E is from what is known, and why the
/// fit may be believed.
void AddChinchillaLaw(const FitReport& report, const ExactLoss& exact,
                      TextPage* page);

/// Profile likelihood intervals of Approach 3: those with an unbounded side,
/// and those of which an end is off the bootstrap's by half an interval.
void AddProfiles(const FitReport& report, TextPage* page);

/// The exponent a of N* in C by Approaches 1, 2 and 3.
void AddExponents(const FitReport& report, TextPage* page);

/// L(N), L(D), L(C) and the joint law, without and with irreducible loss.
void AddKaplanLaws(const FitReport& report, TextPage* page);

/// The extrapolation tests.
void AddHoldout(const FitReport& report, TextPage* page);

/// What Approach 3 leaves unexplained, on which runs it hangs, and whether it
/// misses by more than seed noise.
void AddDiagnostics(const FitReport& report, TextPage* page);

}  // namespace isoflop
