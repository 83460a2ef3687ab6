// What the minima of Approach 2 weigh in its power laws, and how certain the
// exponents are: by the noise of the runs, and by how far the minima scatter
// about the laws, which may be far more.

#pragma once

#include "analysis/fit/isoflop_fit.h"

namespace isoflop {

/// The smallest error of ln N* that is more than rounding.
inline constexpr double kLeastLogError = 1e-9;

/// Fits the power laws again with the minima weighted by
///
///   1 / (v_i + tau^2),
///
/// v_i the ModeratedVariances of ln N* over the resamples, with as many degrees
/// of freedom as a budget has runs beyond three, tau^2 the heterogeneity of ln
/// N* about its line on ln C: they count the same where budgets differ by far
/// more than their noise. Leaves the fit alone unless every minimum has an
/// error over the resamples, of kLeastLogError or more. Returns whether they
/// did. REQUIRES: the fit is supported.
bool WeighByVariance(IsoflopFit* fit);

/// Adds the SlopeSpread of a and b, as the fit weighs the minima, and of
/// a_unweighted. The noise of ln D* is that of ln N*, which it follows the
/// other way; where it is not known the spreads are by the scatter alone, and
/// there are none of two minima.
void AddExponentSpreads(IsoflopFit* fit);

}  // namespace isoflop
