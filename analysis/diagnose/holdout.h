// The extrapolation test: fit the cheap runs, predict the expensive ones.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/solve/estimate.h"
#include "analysis/solve/objective_options.h"

namespace isoflop {

/// Errors are predicted minus observed loss, in nats per token.
struct Holdout {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  double above_flops = 0.0;  // runs with C above it were held out
  int fitted = 0;            // runs
  int held_out = 0;          // runs
  Chinchilla law;            // fitted without the held-out runs
  Certificate certificate;   // of that fit

  /// log10 of the largest C held out over the largest C fitted.
  double extrapolation_decades = 0.0;
  double mean_absolute_error = 0.0;
  double rms_error = 0.0;
  double mean_error = 0.0;  // positive: the law was too pessimistic
  double max_absolute_error = 0.0;
};

/// Fits Approach 3 to the runs with C <= above_flops and predicts the others.
/// `full`, the fit to all runs where these have a law, is one more start: see
/// LawFitOptions::near.
Holdout HoldOut(std::span<const Observation> observations, double above_flops,
                const ObjectiveOptions& options,
                const ChinchillaFit* full = nullptr);

/// Returns the C up to which to fit, so that the runs above it are a test, the
/// highest first: below the last budget, the last two and the last three where
/// the runs lie on budgets of at least three runs each in the mean; otherwise
/// such that a tenth, a fifth and two fifths of the runs are held out. Cuts
/// that leave fewer than half of the runs or hold out none are left away.
std::vector<double> HoldoutCuts(std::span<const Observation> observations);

}  // namespace isoflop
