// The front door of fitting: observations in, every law that was asked for out.
//
// The report is a passive tree: absent is an empty optional, "cannot be known"
// is FitStatus::kUnsupported with a reason. Writing it as JSON or text is
// somebody else's work.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/fit/allocation.h"
#include "analysis/fit/bootstrap.h"
#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/chinchilla_profile.h"
#include "analysis/fit/conventions.h"
#include "analysis/fit/diagnostics.h"
#include "analysis/fit/envelope_fit.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/holdout.h"
#include "analysis/fit/isoflop_fit.h"
#include "analysis/fit/kaplan_fit.h"
#include "analysis/fit/more_laws.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/seed_noise.h"

namespace isoflop {

/// What went into the fits.
struct ObservationSummary {
  std::string source;
  int read = 0;
  int dropped = 0;  // by drop_largest_loss
  int used = 0;
  ParamsKind params = ParamsKind::kAsGiven;
  FlopsKind flops = FlopsKind::kSixND;
  std::optional<CurveColumns> curve = {};  // set: two columns, and no runs
  double smallest_flops = 0.0;             // C of the runs used
  double largest_flops = 0.0;
  std::optional<ObservedReach> reach;  // of the runs used

  std::optional<LearningRates> learning_rates;  // absent: not known
};

/// Everything a fit has to say.
struct FitReport {
  ObservationSummary observations;
  std::vector<Observation> used;  // what the laws' `runs` index
  FitOptions options;             // as they were asked for

  std::optional<Resampling> resampling;  // absent: no bootstrap

  // Absent: not asked for.
  std::optional<ChinchillaFit> chinchilla;
  std::optional<ChinchillaBootstrap> chinchilla_bootstrap;
  std::vector<CoefficientProfile> chinchilla_profiles;  // empty: none
  std::optional<IsoflopFit> isoflop;
  std::optional<EnvelopeFit> envelope;
  std::optional<KaplanFit> kaplan;
  Diagnostics diagnostics;

  /// Extrapolation tests, when Approach 3 was asked for: above
  /// FitOptions::holdout_above where it is given, then, with a law, above
  /// HoldoutCuts.
  std::vector<Holdout> holdouts;

  std::optional<SeedNoise> seed_noise;  // absent: not known

  std::vector<ConventionFit> conventions;  // empty: one count of N is known
  MoreLaws more_laws;

  /// One a budget, when Approach 3 was asked for and has a law.
  std::vector<Allocation> allocations;

  std::vector<std::string> notes;     // what was done to the data
  std::vector<std::string> warnings;  // what to be careful about

  /// Whether at least one law that was asked for could be fitted.
  bool usable() const;
};

/// Fits the laws of `options` to the observations.
///
/// Data that cannot determine a law make that law unsupported; they are no
/// error. Deterministic: the same observations, options and seed give the same
/// report whatever the number of threads.
/// Throws Error when Validate(options) does, when there are no observations,
/// or when an observation has a number that is not finite and positive.
FitReport FitScalingLaws(const ObservationSet& observations,
                         const FitOptions& options);

/// Fits the laws of one variable among `options` to the points of two columns.
/// The report has their fits and nothing else.
/// Throws Error when Validate(options) does, for a law of more variables, and
/// for options that only runs can have.
FitReport FitCurveLaws(const CurvePoints& curve, const FitOptions& options);

}  // namespace isoflop
