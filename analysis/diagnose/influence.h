// How much the law owes to single runs: Approach 3 fitted again without each.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"
#include "lib/core/fit_progress.h"

namespace isoflop {

/// With more runs than this, only as many are left out as kMostCandidates.
inline constexpr std::size_t kMostLeftOut = 2000;
inline constexpr std::size_t kMostCandidates = 200;

/// What changes when runs are left out: the new value minus the estimate.
struct Influence {
  std::vector<std::size_t> runs;  // left out together; indices
  double alpha = 0.0;
  double beta = 0.0;
  double a = 0.0;
  double log_params_opt = 0.0;  // ln N* at InfluenceStudy::flops
};

struct InfluenceStudy {
  double flops = 0.0;                  // ten times the largest C
  double extrapolation_decades = 0.0;  // log10 of that over the largest C
  int left_out = 0;                    // runs that were left out, one at a time
  int undetermined = 0;  // of these, without which the law is not determined

  /// By falling change of ln N*: at most kMostReported.
  std::vector<Influence> single;

  /// Without the 2 % of runs (rounded up) of largest residual, all at once.
  std::optional<Influence> worst;
};

inline constexpr std::size_t kMostReported = 10;

/// Fits again, from the estimate and from one start more, without each run in
/// turn. Of more than kMostLeftOut runs only the kMostCandidates with the
/// largest product of residual (at most delta for Huber, 3 rms otherwise) and
/// distance of (ln N, ln D) from their means are left out. `threads` 0: one per
/// core; only the time differs.
/// REQUIRES: fit is FitChinchilla(observations, options), with status kOk.
InfluenceStudy StudyInfluence(std::span<const Observation> observations,
                              const ObjectiveOptions& options,
                              const ChinchillaFit& fit, int threads = 0,
                              FitProgress* progress = nullptr);

}  // namespace isoflop
