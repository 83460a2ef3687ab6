// Variances that were each estimated from a few residuals borrow from one
// another.
//
// A variance by four degrees of freedom is off by a factor of three as often as
// not. Weights of such variances make a line of whatever points happen to look
// exact.

#pragma once

#include <span>
#include <vector>

namespace isoflop {

/// A variance, and how many degrees of freedom it was estimated with.
struct EstimatedVariance {
  double value = 0.0;
  double degrees_of_freedom = 0.0;
};

/// Returns each variance drawn towards their common one,
///
///   (d0 s0^2 + d_i s_i^2) / (d0 + d_i),
///
/// where s0^2 and d0 fit the distribution s_i^2 ~ s0^2 F(d_i, d0) by the mean
/// and the variance of ln s_i^2: variances that differ no more than chance lets
/// them become one, and those that differ far more stay.
///
/// REQUIRES: two variances or more, all above 0, as all degrees of freedom.
/// Source: Smyth 2004 (Statistical Applications in Genetics and Molecular
/// Biology 3), there d0 and s0 of many genes.
std::vector<double> ModeratedVariances(
    std::span<const EstimatedVariance> variances);

}  // namespace isoflop
