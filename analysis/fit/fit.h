// The front door of fitting: observations in, every law that was asked for out.

#pragma once

#include "analysis/fit/fit_options.h"
#include "analysis/fit/fit_report.h"
#include "analysis/observe/curve_points.h"
#include "analysis/observe/observation.h"
#include "lib/core/fit_progress.h"

namespace isoflop {

/// Fits the laws of `options` to the observations.
///
/// Data that cannot determine a law make that law unsupported; they are no
/// error. Deterministic: the same observations, options and seed give the same
/// report whatever the number of threads. `progress` may be null.
/// Throws Error when Validate(options) does, when there are no observations,
/// or when an observation has a number that is not finite and positive.
FitReport FitScalingLaws(ObservationSet observations, const FitOptions& options,
                         FitProgress* progress = nullptr);

/// Fits the laws of one variable among `options` to the points of two columns.
/// The report has their fits and nothing else.
/// Throws Error when Validate(options) does, and for a law of more variables.
FitReport FitCurveLaws(const CurvePoints& curve, const FitOptions& options);

}  // namespace isoflop
