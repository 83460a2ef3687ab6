// A word of warning about the fit that a command goes by.

#pragma once

#include "analysis/report/stored_fit.h"

namespace isoflop {

/// Writes to standard error when the law is not certified. REQUIRES: fit.status
/// is kOk.
void WarnOfDoubt(const StoredFit& fit);

/// The same of the law of repeated data, where there is one.
void WarnOfRepeatedDataDoubt(const StoredFit& fit);

}  // namespace isoflop
