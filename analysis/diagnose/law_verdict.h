// What a comparison of laws comes to, in words: which law the data prefer, and
// when they cannot say so.

#pragma once

#include "analysis/diagnose/law_comparison.h"

namespace isoflop {

/// Sets what follows from the scores: differences of AICc, `noise`, the lowest
/// and the verdict.
///
/// A law without a certificate is never preferred, nor one by an error whose
/// fits have none. Where the best law's residuals are rounding there is nothing
/// to judge by, and where neighbours share them no significance is claimed.
void Judge(LawComparison* comparison);

}  // namespace isoflop
