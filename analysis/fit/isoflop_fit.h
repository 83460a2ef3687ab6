// Approach 2: at each compute budget the loss against ln N is a valley; its
// lowest point, by a parabola, is the budget's optimum, and the optima follow
// power laws of the budget.
//
// Source: Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556).

#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/budgets.h"
#include "analysis/fit/estimate.h"
#include "analysis/fit/observation.h"
#include "analysis/laws/chinchilla.h"
#include "lib/core/names.h"

namespace isoflop {

/// Only an interior minimum is an optimum.
enum class MinimumKind {
  kInterior,   // between the smallest and the largest size tried
  kEdge,       // the parabola's lowest point is outside of the sizes tried
  kNoMinimum,  // the parabola opens downwards or is a line
  kTooFew      // fewer than four runs or three sizes: any parabola fits
};

constexpr std::array<NamedValue<MinimumKind>, 4> EnumNames(MinimumKind) {
  return {{{MinimumKind::kInterior, "interior"},
           {MinimumKind::kEdge, "edge"},
           {MinimumKind::kNoMinimum, "no_minimum"},
           {MinimumKind::kTooFew, "too_few"}}};
}

/// L = c0 + c1 z + c2 z^2 with z = ln N - log_center.
struct Parabola {
  double log_center = 0.0;
  double c0 = 0.0;
  double c1 = 0.0;
  double c2 = 0.0;
};

/// One IsoFLOP profile and its minimum.
struct IsoflopBudget {
  double flops = 0.0;  // nominal, or the geometric mean of its runs' C
  int points = 0;      // runs, repeated seeds counted each
  int sizes = 0;       // different N
  MinimumKind minimum = MinimumKind::kTooFew;

  std::optional<Parabola> parabola;  // unless there are too few; for drawing

  // Present when the minimum is interior. D is read at N* off the line of ln D
  // on ln N, which is C/(6N) where C = 6ND. The spreads are over the resamples
  // in which it is interior too, and absent when that is less than half.
  std::optional<Estimate> params_opt;
  std::optional<Estimate> tokens_opt;
  std::optional<Estimate> loss_opt;
  int interior_resamples = 0;

  /// N* by parabola over true N*, minus 1, on the noise-free surface that
  /// Approach 3 fitted, sampled at this profile's runs: what the method itself
  /// gets wrong. Present when Approach 3 has an answer.
  std::optional<double> params_bias;
};

/// N* and D* as powers of C, from the interior minima.
struct IsoflopFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::vector<IsoflopBudget> budgets;  // ascending; there in any case
  int left_out = 0;                    // runs that belong to no budget
  Estimate a;                          // N* = params_coefficient C^a
  Estimate b;                          // D* = tokens_coefficient C^b
  double params_coefficient = 0.0;
  double tokens_coefficient = 0.0;
  int failed_resamples = 0;  // with fewer than two interior minima

  std::optional<double> a_bias;  // as params_bias, of the exponent a
  std::string bias_warning;      // in words; empty when the biases are small
};

/// Fits the profiles and the power laws, without spreads and biases.
/// `counts` is how many times each run was drawn, 0 included; empty: once each.
/// Unsupported when fewer than two budgets have an interior minimum.
IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      std::span<const double> counts = {});

/// Adds what the parabolas get wrong on the noise-free `surface`, sampled at
/// the runs of the fit.
///
/// Source: arXiv:2603.22339.
void AddBias(std::span<const Observation> observations,
             const Chinchilla& surface, IsoflopFit* fit);

}  // namespace isoflop
