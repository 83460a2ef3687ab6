// Profile likelihood of the coefficients of Approach 3: how far each can be
// moved, the others following, before the fit becomes noticeably worse.
//
// It needs no resampling, and sees what a bootstrap cannot: a side on which
// nothing stops a coefficient.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/profile.h"

namespace isoflop {

/// Of more runs there are no profiles: they would take minutes.
inline constexpr std::size_t kMostProfiled = 2000;

struct CoefficientProfile {
  std::string_view name;  // one of kChinchillaCoefficients
  ProfileInterval interval;
};

/// Returns the 95 % profile intervals of E, A, B, alpha and beta, in this
/// order, without what is held and without beta when exponents are tied. E is
/// followed down to 0, where its interval may end, the others to a millionth of
/// the estimate and to a million times it. The rise is RiseOfInterval95, or
/// LikelihoodRise95 with kStudentT, whose density is estimated again at every
/// value. Nothing for more than kMostProfiled runs, and without more runs than
/// coefficients. REQUIRES: fit is FitChinchilla(observations, options), with
/// status kOk.
std::vector<CoefficientProfile> ProfileChinchilla(
    std::span<const Observation> observations, const ObjectiveOptions& options,
    const ChinchillaFit& fit);

}  // namespace isoflop
