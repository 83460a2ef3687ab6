// One budget of Approach 2: at constant compute the loss against ln N is a
// valley, and its lowest point is the budget's optimum.
//
// Source: Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556).

#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "analysis/fit/fit_options.h"
#include "analysis/observe/budgets.h"
#include "analysis/observe/observation.h"
#include "analysis/solve/estimate.h"
#include "lib/core/names.h"
#include "lib/numeric/least_squares.h"

namespace isoflop {

/// Only an interior minimum is an optimum.
enum class MinimumKind {
  kInterior,   // between the smallest and the largest size tried
  kEdge,       // the lowest point is at the end of the sizes tried or outside
  kNoMinimum,  // the parabola opens downwards or is a line
  kBelowAll,   // the lowest point is far below every loss that was measured
  kFlat,       // it opens upwards by less than the noise could make it; kept on
               // request where the minimum is between the sizes
  kTooFew      // fewer than four runs or three sizes: any parabola fits
};

constexpr std::array<NamedValue<MinimumKind>, 6> EnumNames(MinimumKind) {
  return {{{MinimumKind::kInterior, "interior"},
           {MinimumKind::kEdge, "edge"},
           {MinimumKind::kNoMinimum, "no_minimum"},
           {MinimumKind::kBelowAll, "below_all"},
           {MinimumKind::kFlat, "flat"},
           {MinimumKind::kTooFew, "too_few"}}};
}

/// A valley stands out of the noise of all profiles when c2 is at least this
/// many of its standard errors.
inline constexpr double kFlatErrors = 2.0;

/// Between sizes a factor of four apart the loss of published laws dips by half
/// of this part of it; a parabola that dips by more below the lowest loss of
/// its profile follows a run that went wrong.
inline constexpr double kDeepestDip = 0.02;

/// A profile needs so many different runs and sizes.
inline constexpr int kFewestProfileRuns = 4;
inline constexpr int kFewestProfileSizes = 3;

/// Sizes that differ by less, in ln N, are one to Akima's curve: between two of
/// them noise alone would make a cliff, beside which the curve dives.
inline constexpr double kSmallestGap = 0.1;

/// Samples of Akima's curve in every gap between sizes.
inline constexpr int kSamplesPerGap = 25;

/// One IsoFLOP profile and its minimum.
struct IsoflopBudget {
  double flops = 0.0;  // nominal, or the geometric mean of its runs' C
  int points = 0;      // different runs; a run that is listed twice is one
  int sizes = 0;       // different N
  MinimumKind minimum = MinimumKind::kTooFew;

  std::optional<Parabola> parabola;  // of L on ln N; unless there are too few

  // Present when the minimum is interior or kept. D is read at N* off the line
  // of ln D on ln N, which is C/(6N) where C = 6ND. The spreads are over the
  // resamples in which it is interior too, and absent when that is less than
  // half.
  std::optional<Estimate> params_opt;
  std::optional<Estimate> tokens_opt;
  std::optional<Estimate> loss_opt;
  int interior_resamples = 0;

  /// HalfMiddleSpread of ln N* over the same resamples.
  std::optional<double> params_opt_log_error;

  /// Variance of ln N* by the noise of the runs, moderated by that of the other
  /// budgets. Set by WeighByVariance.
  std::optional<double> params_opt_log_variance;

  double weight = 1.0;  // of this minimum in the power laws

  bool has_minimum() const { return params_opt.has_value(); }

  /// N* as found over true N*, minus 1, on the noise-free surface that
  /// Approach 3 fitted, sampled at this profile's runs: what the method itself
  /// gets wrong. Present when Approach 3 has an answer.
  std::optional<double> params_bias;

  // N* and D* without that bias; their product is the same.
  std::optional<double> params_opt_corrected;
  std::optional<double> tokens_opt_corrected;
};

/// Returns the variance of the relative residuals of weight 1, of `runs`
/// different runs. REQUIRES: more than three.
double ResidualVariance(const Parabola& parabola,
                        std::span<const WeightedPoint> points, int runs);

/// Fits the profiles of `budgets`. The minimum is the vertex of the parabola of
/// least squares, or the lowest of the samples of Akima's curve of ln L over
/// ln N (runs of about one size by their mean), as Porian et al. 2024 have it
/// (arXiv:2406.19146, section 3).
///
/// A valley is flat unless c2 is large against its standard error, by one of
/// two measures of the noise. By the profile's own residuals from the parabola
/// it must reach the 97.5 % point of Student's t, which is far off for four or
/// five runs, whose residuals may be small by chance. By the profile in the
/// middle, where that has more noise, kFlatErrors do. (The standard errors of
/// the losses are not used: runs that are evaluated on the same text share most
/// of that error, which does not bend a valley.)
///
/// With keep_flat such a valley keeps its minimum, if it is between the sizes.
///
/// `counts` is how many times each run was drawn, 0 included; empty: once each.
/// A resample needs three sizes and is not tested for flatness, which is judged
/// once, by all runs.
std::vector<IsoflopBudget> FitProfiles(
    std::span<const Observation> observations, std::span<const Budget> budgets,
    const IsoflopOptions& options, std::span<const double> counts = {});

}  // namespace isoflop
