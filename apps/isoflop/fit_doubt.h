// A word of warning about the fit that a command goes by.

#pragma once

#include "analysis/report/stored_fit.h"

namespace isoflop {

/// Writes to standard error when the law is not certified. REQUIRES: fit.status
/// is kOk.
void WarnOfDoubt(const StoredFit& fit);

}  // namespace isoflop
