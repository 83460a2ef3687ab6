// Profile likelihood: how far one parameter can be moved, with all others
// following, before the fit becomes noticeably worse. Where it never does, the
// data do not bound the parameter, and that is what is said.
//
// It knows nothing of laws: it needs the lowest objective for a given value.
// For beta of Approach 3, where `best` is a ChinchillaFit of `runs` by
// `options`:
//
//   const auto lowest = [&](double beta) -> std::optional<double> {
//     ObjectiveOptions held = options;
//     held.fixed["beta"] = beta;
//     const ChinchillaFit fit = FitChinchilla(runs, held);
//     if (fit.status != FitStatus::kOk) return std::nullopt;
//     return fit.objective;
//   };
//   const auto rise = RiseOfInterval95(residuals, penalty, 5);
//   Profile(lowest, {.estimate = best.law.beta, .minimum = best.objective,
//                    .rise = *rise, .lowest = 1e-6 * best.law.beta,
//                    .highest = 1e6 * best.law.beta});
//
// A parameter that is 0 has no logarithm: with positive = false it is walked as
// it is, and with ends_at_lowest down to `lowest` = 0. Where Student's t is
// estimated anew for every value, the rise is that of a likelihood,
// LikelihoodRise95.
//
// Source: Venzon & Moolgavkar 1988 (Applied Statistics 37); for robust
// penalties, where the rise is no likelihood ratio, Ronchetti 1982 (Hampel et
// al. 1986, Robust Statistics, section 7.3).

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/solve/penalty.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

/// Returns the lowest objective with the parameter held at `value`, or nothing
/// where there is none.
using ProfileFunction = std::function<std::optional<double>(double value)>;

/// What is to be profiled.
struct ProfileRequest {
  double estimate = 0.0;  // the parameter at the optimum
  double minimum = 0.0;   // the objective there
  double rise = 0.0;      // of the objective at which an interval ends

  /// Whether the parameter is above 0 and walked in logarithms. `step` is then
  /// of ln(parameter), otherwise of the parameter.
  bool positive = true;
  double step = 0.1;    // the first one; every next is twice as long
  double lowest = 0.0;  // how far to look, in the parameter
  double highest = 0.0;
  bool ends_at_lowest = false;  // the parameter cannot be less
};

/// One point of a profile.
struct ProfilePoint {
  double value = 0.0;  // of the parameter
  double rise = 0.0;   // objective over the minimum; infinite without a fit
};

/// Where the profile stays below the rise that was asked for.
struct ProfileInterval {
  std::optional<double> low;   // absent: unbounded below; may be `lowest`
  std::optional<double> high;  // absent: unbounded above
  double rise = 0.0;           // as asked for

  /// Every value that was tried, in order. The first or the last is how far an
  /// unbounded side was followed.
  std::vector<ProfilePoint> points;

  /// How much lower than the minimum a fit was found on the way; 0: nowhere.
  double improvement = 0.0;
};

/// Walks from the estimate down and up with steps that double, until the
/// objective has risen by `rise` or the end of the range is reached, and closes
/// in on the crossing to a millionth of the first step. A stretch above the
/// rise that is narrower than a step can be missed.
/// REQUIRES: rise >= 0, step > 0 and lowest <= estimate <= highest, which are
/// above 0 when `positive`.
ProfileInterval Profile(const ProfileFunction& objective,
                        const ProfileRequest& request);

/// Returns the rise of a negative log-likelihood at the ends of a 95 % interval
/// for one parameter: t^2 / 2, t the 97.5 % point of Student's t distribution
/// with so many degrees of freedom, since the noise is estimated.
/// REQUIRES: degrees_of_freedom > 0.
double LikelihoodRise95(int degrees_of_freedom);

/// Returns how far chance lowers the minimum of f = sum_i w_i rho(r_i), in the
/// mean, for one parameter more that the data have no need of, by the
/// residuals' own distribution. Weights are taken for inverse variances:
/// u_i = r_i sqrt(w_i) are drawn from one distribution, and a residual of
/// weight w is as likely to be any u_j / sqrt(w), E the mean over j:
///
///   1 / 2  n / (n - p)  sum w_i^2 E[psi(u / sqrt(w_i))^2]
///                     / sum w_i E[psi'(u / sqrt(w_i))]
///
/// psi is rho', and psi' an average over a width of the residuals' density
/// (1.06 sqrt(3) s n^(-1/5), s from the median magnitude), so that |r| has one
/// too. For squares that is sum w_i r_i^2 / (n - p), for a negative
/// log-likelihood that is true 1 / 2. Nothing unless there are more residuals
/// than parameters.
std::optional<double> DropByChance(std::span<const WeightedResidual> residuals,
                                   const Penalty& penalty, int parameters);

/// Returns the rise of f at the ends of a 95 % interval for one parameter: t^2
/// times DropByChance, t that of LikelihoodRise95(n - p).
std::optional<double> RiseOfInterval95(
    std::span<const WeightedResidual> residuals, const Penalty& penalty,
    int parameters);

}  // namespace isoflop
