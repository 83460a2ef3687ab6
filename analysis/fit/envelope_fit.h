// Approach 1: the runs that no cheaper run beats, and the power laws of their
// size and tokens in compute.
//
// Source: Hoffmann et al. 2022, section 3.1 (arXiv:2203.15556), here over the
// final points of runs, not over training curves.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/estimate.h"
#include "analysis/fit/observation.h"

namespace isoflop {

/// Returns the indices of the runs on the lower envelope, ascending in C: the
/// run of lowest loss of each budget (GroupByBudget; a run without budget
/// stands for itself), unless a cheaper one has reached a loss as low.
/// `counts` as for FitIsoflop: runs that were not drawn are passed over.
std::vector<std::size_t> LowerEnvelope(
    std::span<const Observation> observations,
    std::span<const double> counts = {});

/// N and D of the envelope as powers of C.
struct EnvelopeFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::vector<std::size_t> runs;  // indices into the observations
  Estimate a;                     // N* = params_coefficient C^a
  Estimate b;                     // D* = tokens_coefficient C^b
  double params_coefficient = 0.0;
  double tokens_coefficient = 0.0;
  int failed_resamples = 0;
};

/// Fits the envelope by least squares in logarithms, without spreads.
/// Unsupported when it has fewer than three runs.
EnvelopeFit FitEnvelope(std::span<const Observation> observations,
                        std::span<const double> counts = {});

}  // namespace isoflop
