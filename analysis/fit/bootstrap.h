// Case bootstrap: how much every number would vary, had other runs been drawn.
//
// All laws are refitted to the same resamples, so that their differences have
// intervals too. Resample i is a function of (seed, i) alone: the threads
// change nothing but the time.
//
// Source: Efron & Tibshirani 1993, chapter 6.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/fit/curve_envelope.h"
#include "analysis/fit/envelope_fit.h"
#include "analysis/fit/isoflop_fit.h"
#include "analysis/fit/kaplan_fit.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/regress/resample.h"
#include "analysis/solve/estimate.h"
#include "analysis/solve/objective_options.h"
#include "lib/core/fit_progress.h"

namespace isoflop {

/// The laws that are refitted to resamples, by their estimates; null: not that
/// one. Approach 3 and Kaplan's joint law start from theirs.
struct Estimates {
  const ChinchillaFit* chinchilla = nullptr;
  const IsoflopFit* isoflop = nullptr;
  const EnvelopeFit* envelope = nullptr;
  const CurveEnvelope* curves = nullptr;  // of the envelope; null: final points
  const KaplanFit* kaplan = nullptr;
};

/// Every law fitted to one resample; default values for laws that are not.
struct Replicate {
  std::optional<Chinchilla> chinchilla;  // absent: failed, or not asked for
  bool escaped = false;
  IsoflopFit isoflop;
  EnvelopeFit envelope;
  KaplanFit kaplan;
};

/// Approach 3 over the resamples, and the spreads that follow.
struct ChinchillaBootstrap {
  // Refits that lost a term, were not determined or have a number that is not
  // finite; left out.
  int failed = 0;
  int escaped = 0;  // refits whose optimum was not the one next to the estimate
  Spread E;
  Spread A;
  Spread B;
  Spread alpha;
  Spread beta;
  Spread a;
  Spread b;
  Spread G;
  std::vector<Chinchilla> laws;  // one for each resample that did not fail
};

/// Refits the laws that have estimates to every resample. An exception of a
/// thread ends the others and is thrown from here.
std::vector<Replicate> Resample(std::span<const Observation> observations,
                                const Resampling& resampling,
                                const ObjectiveOptions& objective,
                                const Estimates& estimates, int threads,
                                FitProgress* progress = nullptr);

/// Returns the spreads of Approach 3 around its estimate, by resamples of so
/// many units, or nothing when fewer than half of the refits succeeded.
std::optional<ChinchillaBootstrap> ChinchillaSpreads(
    const std::vector<Replicate>& replicates, const Chinchilla& estimate,
    int units);

/// Adds the spreads of every number that at least half of the replicates have.
/// The exponents of Approach 2 have theirs by AddExponentSpreads.
void AddSpreads(const std::vector<Replicate>& replicates, int units,
                IsoflopFit* fit);
void AddSpreads(const std::vector<Replicate>& replicates, int units,
                EnvelopeFit* fit);
void AddSpreads(const std::vector<Replicate>& replicates, int units,
                KaplanFit* fit);

}  // namespace isoflop
