// The extrapolation test: fit the cheap runs, predict the expensive ones.

#pragma once

#include <span>
#include <string>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/estimate.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/observation.h"

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
  double mean_absolute_error = 0.0;
  double rms_error = 0.0;
  double mean_error = 0.0;  // positive: the law was too pessimistic
  double max_absolute_error = 0.0;
};

/// Fits Approach 3 to the runs with C <= above_flops and predicts the others.
Holdout HoldOut(std::span<const Observation> observations, double above_flops,
                const ObjectiveOptions& options);

}  // namespace isoflop
