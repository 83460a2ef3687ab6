// What is wrong with a fit, if anything: what Approach 3 leaves unexplained, on
// which runs it hangs, and whether it misses by more than seeds do.

#pragma once

#include <optional>
#include <span>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/influence.h"
#include "analysis/fit/lack_of_fit.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/residuals.h"
#include "analysis/fit/seed_noise.h"

namespace isoflop {

/// Absent: Approach 3 has no law; for `lack_of_fit` also: the seed noise is not
/// known, or there are no more cells than coefficients.
struct Diagnostics {
  std::optional<Residuals> residuals;
  std::optional<InfluenceStudy> influence;
  std::optional<LackOfFit> lack_of_fit;
};

/// REQUIRES: fit is FitChinchilla(observations, options).
Diagnostics Diagnose(std::span<const Observation> observations,
                     const ObjectiveOptions& options, const ChinchillaFit& fit,
                     const std::optional<SeedNoise>& noise);

}  // namespace isoflop
