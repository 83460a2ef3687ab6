// The density of residuals that a penalty stands for, so that laws fitted with
// it can be compared by likelihood.

#pragma once

#include <optional>
#include <span>

#include "analysis/solve/objective_options.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

/// A log-likelihood at its maximum over the density's own constants.
struct ResidualLikelihood {
  double log_likelihood = 0.0;
  int constants = 0;  // of the density, estimated: they count as parameters
};

/// Returns the largest log-likelihood of the residuals, -ln p_i = w_i rho(r_i)
/// / s + ln Z(s / w_i), rho the penalty and s its scale, estimated:
///
///   kL2        normal, variance s / w_i
///   kLad       Laplace, scale s / w_i
///   kHuber     Huber's least favourable: normal up to delta, exponential
///              beyond; Z(t) = sqrt(2 pi t) erf(delta / sqrt(2 t))
///              + (2 t / delta) exp(-delta^2 / (2 t))
///   kStudentT  Student's t with scale and degrees of freedom estimated,
///              terms weighted by w_i
///
/// Nothing when the residuals vanish and it has no bound.
/// Source: Huber 1964 (Annals of Mathematical Statistics 35), section 2.
std::optional<ResidualLikelihood> LikelihoodOf(
    std::span<const WeightedResidual> residuals,
    const ObjectiveOptions& objective);

/// Returns Akaike's criterion, corrected for few runs:
/// 2 p - 2 log_likelihood + 2 p (p + 1) / (n - p - 1), p parameters and n runs.
/// REQUIRES: runs > parameters + 1.
double Aicc(double log_likelihood, int parameters, int runs);

}  // namespace isoflop
