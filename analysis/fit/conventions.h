// What the exponents would be, had the parameters been counted otherwise.
//
// The count of N alone moves them: by non-embedding parameters (Kaplan et al.
// 2020, arXiv:2001.08361) small models look smaller than by all of them
// (Hoffmann et al. 2022, arXiv:2203.15556).

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/fit/isoflop_fit.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"

namespace isoflop {

/// Approaches 2 and 3 with one count of N, without spreads.
struct ConventionFit {
  ParamsKind params = ParamsKind::kTotal;
  ChinchillaFit chinchilla;
  IsoflopFit isoflop;
};

/// Fits the observations with N counted as total and as non-embedding. Nothing
/// unless every observation has both counts and they differ in one at least.
/// Profiles leave aside what FitIsoflopWithout does of the `unexplained` runs.
std::vector<ConventionFit> CompareConventions(
    const ObservationSet& observations, const ObjectiveOptions& objective,
    IsoflopOptions isoflop, std::span<const std::size_t> unexplained = {});

}  // namespace isoflop
