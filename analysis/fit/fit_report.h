// Everything that a fit has to say.
//
// The report is a passive tree: absent is an empty optional, "cannot be known"
// is FitStatus::kUnsupported with a reason. Writing it as JSON or text is
// somebody else's work.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/decide/allocation.h"
#include "analysis/diagnose/diagnostics.h"
#include "analysis/diagnose/holdout.h"
#include "analysis/diagnose/seed_noise.h"
#include "analysis/fit/bootstrap.h"
#include "analysis/fit/conventions.h"
#include "analysis/fit/envelope_fit.h"
#include "analysis/fit/experiment_fit.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/isoflop_fit.h"
#include "analysis/fit/kaplan_fit.h"
#include "analysis/fit/more_laws.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"

namespace isoflop {

/// What went into the fits.
struct ObservationSummary {
  std::string source;
  int read = 0;
  int dropped = 0;  // by drop_largest_loss
  int used = 0;
  ParamsKind params = ParamsKind::kAsGiven;
  FlopsKind flops = FlopsKind::kSixND;
  LossUnit loss_unit = LossUnit::kNats;
  std::optional<CurveColumns> curve = {};  // set: two columns, and no runs
  double smallest_flops = 0.0;             // C of the runs used
  double largest_flops = 0.0;
  std::optional<ObservedReach> reach;  // of the runs used

  std::optional<LearningRates> learning_rates;  // absent: not known
};

/// What shows that the form of the Chinchilla law does not suit the data, and
/// what to believe instead: see FindMisfit.
struct Misfit {
  ResidualTrend trend;     // of Approach 3, the strongest
  std::string rival;       // the law that suits far better; empty: none
  double rms_ratio = 1.0;  // of the log residuals, Chinchilla's to the rival's
  std::string believed;    // whose exponent: a law's name or "isoflop"; or none
  std::optional<double> a;  // that exponent of N*
  std::string in_words;     // set by InWords
};

/// Approach 3 where it was not asked for: other laws look at its surface.
struct Unasked {
  std::optional<ChinchillaFit> chinchilla;
  std::optional<ChinchillaBootstrap> bootstrap;
};

/// Everything a fit has to say.
struct FitReport {
  ObservationSummary observations;
  std::vector<Observation> used;        // what the laws' `runs` index
  std::vector<SettingColumn> settings;  // what Observation::settings index
  FitOptions options;                   // as they were asked for

  std::optional<Resampling> resampling;  // absent: no bootstrap

  // Absent: not asked for.
  std::optional<ChinchillaFit> chinchilla;
  std::optional<ChinchillaBootstrap> chinchilla_bootstrap;
  Unasked unasked;
  std::optional<IsoflopFit> isoflop;
  std::optional<EnvelopeFit> envelope;
  std::optional<KaplanFit> kaplan;
  Diagnostics diagnostics;
  std::optional<Misfit> misfit;  // absent: none is seen

  /// Extrapolation tests, when Approach 3 was asked for: above
  /// FitOptions::holdout_above where it is given, then, with a law, above
  /// HoldoutCuts.
  std::vector<Holdout> holdouts;

  std::optional<SeedNoise> seed_noise;  // absent: not known

  /// Settings in which runs at one (N, D) differ; absent: none do.
  std::optional<RepeatedSettings> repeats;

  std::vector<ConventionFit> conventions;  // empty: one count of N is known
  MoreLaws more_laws;
  std::vector<ExperimentFit> experiments;  // the analyses of a sweep

  /// One a budget, when Approach 3 was asked for and has a law.
  std::vector<Allocation> allocations;

  // What was done to the data, and what to be careful about: of the data and
  // the bootstrap; InWords adds what follows from the fits.
  std::vector<std::string> notes;
  std::vector<std::string> warnings;

  /// Whether at least one law that was asked for could be fitted.
  bool usable() const;
};

}  // namespace isoflop
