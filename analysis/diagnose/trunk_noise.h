// How much of the noise of a loss the runs of one trunk have in common.

#pragma once

#include <cstddef>
#include <span>

namespace isoflop {

/// Returns the share of the variance of `residuals` of the Chinchilla law that
/// the runs of a trunk have in common, 0 to 1, by the means and the scatter of
/// the trunks: the law is taken to have fitted three coefficients (E, A, alpha)
/// to the means and two (B, beta) to the runs of trunks. `trunks` numbers the
/// trunk of each, from 0. 0 where there are too few trunks, or runs of trunks.
/// Source: Searle, Casella & McCulloch 1992, Variance Components, section 3.6.
double SharedByTrunks(std::span<const double> residuals,
                      std::span<const std::size_t> trunks);

}  // namespace isoflop
