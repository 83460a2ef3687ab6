// What is wrong with a fit, as sections of fit.json.

#pragma once

#include "analysis/fit/fit.h"
#include "lib/core/json.h"

namespace isoflop {

/// Of more runs than this, fit.json lists only the worst residuals, as many.
inline constexpr std::size_t kMostResiduals = 2000;

/// Adds "residuals", "residual_trends", "influence" and "lack_of_fit" to the
/// section "diagnostics", each where there is one.
void PutDiagnostics(const FitReport& report, Json* section);

/// Returns {"loss_std", "degrees_of_freedom", "source"}.
Json ToJson(const SeedNoise& noise);

}  // namespace isoflop
